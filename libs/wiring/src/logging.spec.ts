import { beforeEach, describe, expect, it } from '@jest/globals';
import type { LoggerService } from '@nestjs/common';
import { quietLogger } from './logging.js';

describe('the log of a process', () => {
  let lines: Record<string, unknown>[];
  let log: LoggerService;

  beforeEach(() => {
    lines = [];
    const write = (line: string): void => {
      const { time: _, ...fields } = JSON.parse(line) as Record<string, unknown>;
      lines.push(fields);
    };
    log = quietLogger('info', { write });
  });

  it('names the marks that were forged', () => {
    log.error({ task: 'marks', forged: ['retention-hold', 'siem-feed'] }, 'worker');
    expect(lines).toEqual([
      { level: 50, context: 'worker', task: 'marks', forged: ['retention-hold', 'siem-feed'] },
    ]);
  });

  it('drops every other field, and every text', () => {
    log.warn({ task: 'marks', residentCode: '12345678901', message: '記録 花子' }, 'worker');
    log.warn('記録 花子');
    log.log({ name: '記録 花子' }, 'worker');
    expect(lines).toEqual([{ level: 40, context: 'worker', task: 'marks' }]);
  });
});
