import type { AlertOfLink } from '#application';
import { type Bilingual, escaped, page, paragraphs } from './page.js';

const texts = {
  asked: {
    title: { ja: '通報の確認', en: 'Acknowledge the alert' },
    what: {
      ja: '下の事案について通報がありました。内容を確認したら、ボタンを押してください。このページを開いただけでは、確認は記録されません。',
      en: 'You were alerted to the incident below. Press the button once you have read the alert. Opening this page records nothing.',
    },
  },
  done: {
    title: { ja: '通報の確認を記録しました', en: 'The alert is acknowledged' },
    what: {
      ja: 'この通報の確認は記録されています。このページは閉じて構いません。',
      en: 'Your acknowledgement is on record. You may close this page.',
    },
  },
} as const;

const incidentTerm: Bilingual = { ja: '事案の識別子', en: 'Incident' };
const button: Bilingual = { ja: 'この通報を確認しました', en: 'I have read this alert' };

const idOf = (incident: string): string =>
  `<dl>\n<dt>${incidentTerm.ja} <span lang="en">${incidentTerm.en}</span></dt>\n<dd><code>${escaped(incident)}</code></dd>\n</dl>`;

/** Its form goes to the address of the page itself, which holds the token, and carries nothing. */
const form = `<form method="post">\n<button type="submit">${button.ja}<span lang="en">${button.en}</span></button>\n</form>`;

/**
 * The page behind the link of a message (annex 2, 4(4)). Its button acknowledges by POST, because the scanners of mail
 * servers open every link. It tells nobody more than the message did.
 */
export function acknowledgementPage({ incident, acknowledged }: AlertOfLink): string {
  const { title, what } = acknowledged ? texts.done : texts.asked;
  return page(title, [paragraphs(what), idOf(incident), ...(acknowledged ? [] : [form])].join('\n'));
}
