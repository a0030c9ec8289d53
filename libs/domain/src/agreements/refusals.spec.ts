import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { agreementRefusals } from './refusals.js';

const folder = 'libs/domain/src/agreements';
const shared = ['text.ts', 'versions.ts'].map((file) => `libs/domain/src/kernel/${file}`);
const own = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && file !== 'refusals.ts')
  .map((file) => `${folder}/${file}`);
const deciders = [...own, ...shared].map((path) => readFileSync(path, 'utf8')).join('\n');

describe('the refusals of agreements', () => {
  it('are listed once each, in kebab case', () => {
    expect(new Set(agreementRefusals).size).toBe(agreementRefusals.length);
    for (const code of agreementRefusals) expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it('are all given by a decider', () => {
    expect(agreementRefusals.filter((code) => !deciders.includes(`'${code}'`))).toEqual([]);
  });
});
