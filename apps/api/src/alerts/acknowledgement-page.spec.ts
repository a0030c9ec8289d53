import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { incidentWords, whatHappened } from '#application';
import { faultTable, incidentKinds } from '#domain';
import { catalogueRow } from '../problems/catalogue.js';
import { acknowledgementPage } from './acknowledgement-page.js';
import { colours, escaped, page, pagePolicy, problemPage } from './page.js';

const incident = '01900000-0000-7000-8000-000000000001';
const alert = `${incident}-01900000-0000-7000-8000-00000000000c`;
const declaredAt = '2032-04-05T15:30:00.000Z';
const declared = { kind: 'failure', cause: 'worker-silent', declaredAt } as const;
const asked = acknowledgementPage({ alert, incident, declared, acknowledged: false });
const done = acknowledgementPage({ alert, incident, declared, acknowledged: true });
const bare = acknowledgementPage({ alert, incident, declared: null, acknowledged: false });
const problem = problemPage(catalogueRow('alert-not-found'));
const pages = { asked, done, bare, problem };

/** What is read aloud in each language: the text outside and inside of what is marked as English. */
function spoken(html: string): { readonly ja: string; readonly en: string } {
  const english = /<(\w+) lang="en">(.*?)<\/\1>/gs;
  const body = html.slice(html.indexOf('<main>'));
  const textOf = (part: string): string => part.replaceAll(/<[^>]+>/g, ' ');
  return {
    ja: textOf(body.replaceAll(english, ' ')),
    en: [...body.matchAll(english)].map(([, , text = '']) => textOf(text)).join(' '),
  };
}

/** Relative luminance of a colour `#rrggbb` (WCAG 2.2). */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
const contrast = (one: string, other: string): number => {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};

describe('a page for people', () => {
  it.each(Object.entries(pages))('is Japanese, with every English part marked as such: %s', (_name, html) => {
    expect(html).toMatch(/^<!doctype html>\n<html lang="ja">/);
    const { ja, en } = spoken(html);
    expect(ja).toMatch(/[\p{Script=Han}\p{Script=Hiragana}]{4}/u);
    expect(ja.replace(incident, '')).not.toMatch(/[A-Za-z]{4}/);
    expect(en).toMatch(/[A-Za-z]{3}/);
    expect(en).not.toMatch(/[\p{Script=Han}\p{Script=Hiragana}]/u);
  });

  it.each(Object.entries(pages))('has a title, one heading, and a main part: %s', (_name, html) => {
    expect(html).toMatch(/<title>[^<]+ – Kiroku 記録<\/title>/);
    for (const tag of ['<h1>', '<main>', '</main>']) expect(html.split(tag)).toHaveLength(2);
    expect(html).toContain('name="viewport"');
  });

  it.each(Object.entries(pages))('needs no script and nothing from elsewhere: %s', (_name, html) => {
    expect(html).not.toMatch(/<script|<img|<link|<iframe|javascript:|\son\w+=|\bsrc=|\bhref=|style="/i);
    expect(html).not.toMatch(/https?:/);
  });

  it.each(Object.entries(pages))('has the style that its policy names, and no other: %s', (_name, html) => {
    const [, style = ''] = /<style>(.*?)<\/style>/s.exec(html) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(pagePolicy.contentSecurityPolicy.directives).toMatchObject({
      defaultSrc: ["'none'"],
      styleSrc: [`'sha256-${hash}'`],
    });
    expect(html.split('<style>')).toHaveLength(2);
  });

  it.each(Object.entries(colours))('can be read by whoever sees little: %s', (_scheme, pairs) => {
    for (const [one, other] of Object.values(pairs)) expect(contrast(one, other)).toBeGreaterThanOrEqual(7);
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  });

  it('shows as text what could be markup', () => {
    const hostile = `<b onclick='x'>"&`;
    expect(escaped(hostile)).toBe('&lt;b onclick=&#39;x&#39;&gt;&quot;&amp;');
    expect(page({ ja: hostile, en: hostile }, '')).not.toContain('<b ');
    expect(
      acknowledgementPage({ alert: hostile, incident: hostile, declared: null, acknowledged: false }),
    ).not.toContain('<b ');
  });
});

describe('the page behind the link of a message', () => {
  it('has a button that posts to the page itself, and sends nothing along', () => {
    const forms = [...asked.matchAll(/<form([^>]*)>(.*?)<\/form>/gs)];
    expect(forms).toHaveLength(1);
    expect(forms[0]?.[1]).toBe(' method="post"');
    expect(forms[0]?.[2]).toMatch(
      /^\s*<button type="submit">[^<]+<span lang="en">[^<]+<\/span><\/button>\s*$/,
    );
    expect(asked).not.toMatch(/<input|<select|<textarea|\sname="(?!viewport|robots)/);
  });

  it('says what happened and when, in words that the message had as well', () => {
    for (const html of [asked, done]) {
      expect(html).toContain(faultTable['worker-silent'].ja);
      expect(spoken(html).en).toContain(faultTable['worker-silent'].en);
      expect(html).toContain(`<time datetime="${declaredAt}">2032-04-06 00:30</time>`);
      expect(spoken(html).ja).toContain('障害');
    }
  });

  it('says which incident it is about, also where nothing else can be told of it', () => {
    for (const html of [asked, done, bare]) {
      expect(html).toContain(`<code>${incident}</code>`);
      expect(html).not.toContain(alert);
    }
    expect(bare).not.toContain('<time');
    expect(bare).toContain('<button');
  });

  it.each(incidentKinds)('has words for an incident that somebody declared: %s', (kind) => {
    const html = acknowledgementPage({
      alert,
      incident,
      declared: { kind, cause: null, declaredAt },
      acknowledged: false,
    });
    expect(spoken(html).ja).toContain(whatHappened({ kind, cause: null }).ja);
    expect(spoken(html).ja).toContain(incidentWords[kind].ja);
  });

  it('says so when the alert is acknowledged, and has no button any more', () => {
    expect(done).not.toMatch(/<form|<button/);
    expect(spoken(done).ja).toContain('記録されています');
    expect(spoken(done).en).toContain('on record');
    expect(done).toContain(incident);
  });
});
