import { createHash } from 'node:crypto';
import type { Wording } from '../problems/catalogue/text.js';

/** A text in the two languages of this system. */
export interface Bilingual {
  readonly ja: string;
  readonly en: string;
}

/** Foregrounds and their backgrounds by scheme; each pair has a contrast of 7 : 1 or more (WCAG 2.2, 1.4.6). */
export const colours = {
  light: { text: ['#1b1b1f', '#ffffff'], button: ['#ffffff', '#0b3d91'] },
  dark: { text: ['#f1f1f4', '#16181d'], button: ['#0b1a33', '#a8c7ff'] },
} as const;

const schemeOf = ({ text, button }: (typeof colours)[keyof typeof colours]): string =>
  `body{color:${text[0]};background:${text[1]}}button{color:${button[0]};background:${button[1]}}`;

const style = [
  ':root{color-scheme:light dark}',
  'body{margin:0;font:1.125rem/1.7 sans-serif}',
  'main{max-width:40rem;margin:0 auto;padding:1.5rem}',
  'h1{font-size:1.5rem;line-height:1.4}',
  'dt{font-weight:bold}dd{margin:0 0 1rem;overflow-wrap:anywhere}',
  'button{min-height:3rem;padding:.75rem 1.5rem;border:2px solid;border-radius:.5rem;font:inherit;font-weight:bold}',
  'button span{display:block}',
  'button:focus-visible{outline:.25rem solid;outline-offset:.25rem}',
  schemeOf(colours.light),
  `@media(prefers-color-scheme:dark){${schemeOf(colours.dark)}}`,
].join('');

const hashOf = (text: string): string => createHash('sha256').update(text, 'utf8').digest('base64');

/**
 * What a browser may do with a page (CSP 3), for the configuration of its route: show its own style, and send its form to
 * where it came from. No script, nothing from elsewhere, in nobody's frame.
 */
export const pagePolicy = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      styleSrc: [`'sha256-${hashOf(style)}'`],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  frameguard: { action: 'deny' },
} as const;

export const PAGE_TYPE = 'text/html; charset=utf-8';

const replacements: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
export const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => replacements[character] as string);

/** A paragraph in each language. */
export const paragraphs = ({ ja, en }: Bilingual): string =>
  `<p>${escaped(ja)}</p>\n<p lang="en">${escaped(en)}</p>`;

/** A whole page for people: Japanese first, each English part marked as such for whoever has it read aloud. */
export const page = (title: Bilingual, content: string): string => `<!doctype html>
<html lang="ja">
<head>
<meta charset="utf-8">
<title>${escaped(title.ja)} – Kiroku 記録</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<style>${style}</style>
</head>
<body>
<main>
<h1>${escaped(title.ja)}<br><span lang="en">${escaped(title.en)}</span></h1>
${content}
</main>
</body>
</html>
`;

/** A problem as people see it who have no client that reads problem details. */
export const problemPage = ({ ja, en }: { readonly ja: Wording; readonly en: Wording }): string =>
  page({ ja: ja.title, en: en.title }, paragraphs({ ja: ja.detail, en: en.detail }));
