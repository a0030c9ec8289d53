import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { accessRefusals } from './refusals.js';

const folder = 'libs/domain/src/access';
const shared = ['text.ts', 'versions.ts'].map((file) => `libs/domain/src/kernel/${file}`);
const own = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && file !== 'refusals.ts')
  .map((file) => `${folder}/${file}`);
const deciders = [...own, ...shared].map((path) => readFileSync(path, 'utf8')).join('\n');

describe('the refusals of access', () => {
  it('are listed once each, in kebab case', () => {
    expect(new Set(accessRefusals).size).toBe(accessRefusals.length);
    for (const code of accessRefusals) expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it('are all given by a decider, but for those that the use cases give themselves', () => {
    const unused = accessRefusals.filter((code) => !deciders.includes(`'${code}'`));
    expect(unused).toEqual(['person-required', 'sign-in-refused']);
  });
});
