import { describe, expect, it } from '@jest/globals';
import { type ArgumentsHost, Logger } from '@nestjs/common';
import { NotFound, type SignIn } from '#application';
import { PageFilter } from './page.filter.js';

Logger.overrideLogger(false);

/** What the filter makes of an error. */
function told(error: unknown): { status: number; headers: Record<string, string>; text: string } {
  const answer = { status: 0, headers: {} as Record<string, string>, text: '' };
  const reply = {
    status: (status: number) => Object.assign(reply, void (answer.status = status)),
    header: (name: string, value: string) => Object.assign(reply, void (answer.headers[name] = value)),
    send: (text: string) => void (answer.text = text),
  };
  const http = { getRequest: () => ({ headers: {} }), getResponse: () => reply };
  new PageFilter({} as SignIn).catch(error, { switchToHttp: () => http } as unknown as ArgumentsHost);
  return answer;
}

const failing = (code: string): Error => Object.assign(new Error('標識 漏洩'), { code });

describe('a problem of a page', () => {
  it.each<[string, unknown, number, string]>([
    ['a link that leads nowhere', new NotFound('alert'), 404, '該当する通報なし'],
    ['a record that cannot be written', failing('store-failed'), 503, ''],
    ['two at once, too often', failing('revision-conflict'), 503, ''],
    ['something that nobody foresaw', failing('標識'), 500, ''],
  ])('is told as a page, in both languages: %s', (_what, error, status, title) => {
    const answer = told(error);
    expect([answer.status, answer.headers['content-type']]).toEqual([status, 'text/html; charset=utf-8']);
    expect(answer.text).toMatch(
      /<h1>[^<]*[\p{Script=Han}\p{Script=Katakana}][^<]*<br><span lang="en">[A-Z]/u,
    );
    expect(answer.text).toContain(title);
    expect(answer.text).not.toContain('標識');
    expect(answer.headers['retry-after']).toBe(status === 503 ? '5' : undefined);
  });
});
