import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { incidentRefusals } from './refusals.js';

const folder = 'libs/domain/src/incidents';
const deciders = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && file !== 'refusals.ts')
  .map((file) => readFileSync(`${folder}/${file}`, 'utf8'))
  .join('\n');

describe('the refusals of incidents', () => {
  it('are listed once each, in kebab case', () => {
    expect(new Set(incidentRefusals).size).toBe(incidentRefusals.length);
    for (const code of incidentRefusals) expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it('are all given by a decider', () => {
    expect(incidentRefusals.filter((code) => !deciders.includes(`because('${code}'`))).toEqual([]);
  });
});
