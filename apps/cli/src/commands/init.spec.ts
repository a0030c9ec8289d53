import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { init } from './init.js';

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'kiroku-init-'));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(place, { recursive: true, force: true });
});

describe('kiroku init --terms', () => {
  it.each<[string, string | null, RegExp]>([
    ['is not there', null, /^--terms：ファイル .*terms\.json がないか.*\n--terms: the file .* is missing/],
    [
      'is not JSON',
      '{',
      /^--terms：ファイル .*terms\.json は JSON ではありません\n--terms: the file .* is not JSON/,
    ],
  ])('says in both languages that the file %s, and makes nothing', async (_, text, message) => {
    const [terms, data] = [join(place, 'terms.json'), join(place, 'data')];
    if (text !== null) writeFileSync(terms, text);
    let said = '';
    jest.spyOn(process.stderr, 'write').mockImplementation((more) => ((said += String(more)), true));

    expect(await init({ terms }, { KIROKU_DATA: data, KIROKU_LOG_ORIGIN: 'kiroku.example/log' })).toBe(1);
    expect(said).toMatch(message);
    expect(existsSync(data)).toBe(false);
  });
});
