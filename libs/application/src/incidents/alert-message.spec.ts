import { describe, expect, it } from '@jest/globals';
import { faultKinds, faultTable, incidentKinds } from '#domain';
import { type AlertFacts, alertMessage, incidentUrl } from './alert-message.js';

const INCIDENT = '019d6000-0000-7000-8000-000000000001';
const ALERT = `${INCIDENT}-019d6000-0000-7000-8000-00000000000a`;
const CHECKPOINT = 'kiroku.example.jp/log\n3\nAAAA\n\n— kiroku.example.jp/log BBBB\n';

const facts: AlertFacts = {
  id: `${ALERT}.0.0`,
  alert: ALERT,
  incident: INCIDENT,
  agreement: 'mlit-jlis',
  contact: '019d6000-0000-7000-8000-00000000000a',
  version: 2,
  kind: 'failure',
  cause: 'provider-unreachable',
  declaredAt: '2026-04-06T15:05:09.000Z',
  acknowledge: `https://kiroku.example.jp/acknowledge/${ALERT}/token`,
  incidentUrl: incidentUrl('https://kiroku.example.jp', INCIDENT),
  checkpoint: CHECKPOINT,
};

describe('the message of an alert', () => {
  it('says what happened in Japanese and then in English, when, and where to go', () => {
    const { text, subject, id, contact, version } = alertMessage(facts);
    const { ja, en } = faultTable['provider-unreachable'];
    expect(text.indexOf(ja)).toBeGreaterThan(0);
    expect(text.indexOf(en)).toBeGreaterThan(text.indexOf(ja));
    expect(text).toContain('2026-04-07 00:05（日本時間）');
    expect(text).toContain('2026-04-07 00:05 JST (2026-04-06T15:05:09.000Z)');
    expect(text.split(facts.acknowledge)).toHaveLength(3);
    expect(text.split(facts.incidentUrl)).toHaveLength(3);
    expect(subject).toBe('【Kiroku】障害の通報 / Failure alert');
    expect({ id, contact, version }).toEqual({ id: facts.id, contact: facts.contact, version: 2 });
  });

  it('says the same to machines', () => {
    expect(alertMessage(facts).payload).toEqual({
      type: 'incident.declared',
      timestamp: facts.declaredAt,
      data: {
        incident: INCIDENT,
        kind: 'failure',
        cause: 'provider-unreachable',
        agreement: 'mlit-jlis',
        alert: ALERT,
        acknowledge: facts.acknowledge,
        incidentUrl: facts.incidentUrl,
        checkpoint: CHECKPOINT,
      },
    });
  });

  it('ends with the checkpoint as it was signed, or says nothing of one', () => {
    expect(`${alertMessage(facts).text}\n`.endsWith(`\n\n${CHECKPOINT}`)).toBe(true);
    const without = alertMessage({ ...facts, checkpoint: null });
    expect(without.text).not.toMatch(/チェックポイント|checkpoint/);
    expect(without.payload.data).toMatchObject({ checkpoint: null });
  });

  it.each(faultKinds)('has words for %s', (cause) => {
    const { text } = alertMessage({ ...facts, cause, kind: faultTable[cause].incident });
    expect(text).toContain(faultTable[cause].ja);
    expect(text).toContain(faultTable[cause].en);
  });

  it.each(incidentKinds)('tells a declared %s from the others, and does not tell what was typed', (kind) => {
    const { subject, text } = alertMessage({ ...facts, kind, cause: null });
    const others = incidentKinds.filter((other) => other !== kind);
    const subjects = others.map((other) => alertMessage({ ...facts, kind: other, cause: null }).subject);
    expect(subjects).not.toContain(subject);
    expect(text.includes('This is a drill')).toBe(kind === 'drill');
    expect(text.includes('これは緊急時対応の訓練です')).toBe(kind === 'drill');
  });

  it('has no line that a mail server would break, but for links and the checkpoint', () => {
    for (const line of alertMessage(facts).text.split('\n')) {
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(300);
    }
  });
});
