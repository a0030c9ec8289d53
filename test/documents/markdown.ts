/** How the specifications read a Markdown page: what is code, what is prose, what is linked. */

const FENCE = /^```(\w*)\n([\s\S]*?)^```$/gm;

/** The contents of the fenced blocks in one language. */
export const fenced = (text: string, language: string): string[] =>
  [...text.matchAll(FENCE)].filter(([, is]) => is === language).map(([, , body = '']) => body);

/** The page without its fenced blocks. */
export const prose = (text: string): string => text.replace(FENCE, '');

/** What stands between single backticks. */
export const backticked = (text: string): string[] =>
  [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);

/** The targets of links and images, code left out. */
export const linksIn = (text: string): string[] =>
  [
    ...prose(text)
      .replace(/`[^`\n]*`/g, '')
      .matchAll(/\]\(([^)\s]+)\)/g),
  ].map(([, link = '']) => link);

/** The anchors that GitHub makes for the headings of a page, and those written by hand. */
export const anchorsOf = (text: string): string[] => [
  ...[...prose(text).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replaceAll(' ', '-'),
  ),
  ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id),
];

/** The sections of a page below its headings of the second level: title and body. */
export const sectionsOf = (text: string): { readonly title: string; readonly body: string }[] =>
  text
    .split(/^## /m)
    .slice(1)
    .map((section) => ({
      title: section.slice(0, section.indexOf('\n')),
      body: section.slice(section.indexOf('\n') + 1),
    }));
