import { describe, expect, it } from '@jest/globals';
import { type ArgumentsHost, Logger } from '@nestjs/common';
import { NotFound, type SignIn } from '#application';
import { PageFilter } from './page.filter.js';

Logger.overrideLogger(false);

/** As much of a reply as the filter uses. */
class Reply {
  code = 0;
  text = '';
  readonly headers: Record<string, string> = {};

  status(code: number): this {
    this.code = code;
    return this;
  }

  header(name: string, value: string): this {
    this.headers[name] = value;
    return this;
  }

  send(text: string): this {
    this.text = text;
    return this;
  }
}

/** What the filter makes of an error. */
function told(thrown: unknown): Reply {
  const reply = new Reply();
  const http = { getRequest: () => ({ headers: {} }), getResponse: () => reply };
  const host = { switchToHttp: () => http } as unknown as ArgumentsHost;
  new PageFilter({} as SignIn).catch(thrown, host);
  return reply;
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
    expect([answer.code, answer.headers['content-type']]).toEqual([status, 'text/html; charset=utf-8']);
    expect(answer.text).toMatch(
      /<h1>[^<]*[\p{Script=Han}\p{Script=Katakana}][^<]*<br><span lang="en">[A-Z]/u,
    );
    expect(answer.text).toContain(title);
    expect(answer.text).not.toContain('標識');
    expect(answer.headers['retry-after']).toBe(status === 503 ? '5' : undefined);
  });
});
