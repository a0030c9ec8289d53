import { type AlertOfLink, incidentWords, inTokyo, whatHappened } from '#application';
import { type Bilingual, escaped, page, paragraphs } from './page.js';

const texts = {
  asked: {
    title: { ja: '通報の確認', en: 'Acknowledge the alert' },
    what: {
      ja: '内容を読んだら、下のボタンを押してください。このページを開いただけでは、確認は記録されません。',
      en: 'Press the button below once you have read this. Opening the page alone records nothing.',
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

const terms = {
  kind: { ja: '種別', en: 'Kind' },
  time: { ja: '発生時刻（日本時間）', en: 'Time (JST)' },
  incident: { ja: '事案番号', en: 'Incident' },
} as const satisfies Readonly<Record<string, Bilingual>>;

const button: Bilingual = { ja: '通報を確認する', en: 'Acknowledge the alert' };

const english = (text: string): string => `<span lang="en">${escaped(text)}</span>`;
const bilingual = ({ ja, en }: Bilingual): string => `${escaped(ja)} ${english(en)}`;
const entry = (term: Bilingual, value: string): string => `<dt>${bilingual(term)}</dt>\n<dd>${value}</dd>`;

/** What is known of the incident to whoever read the message; nothing that anybody wrote. */
function summaryOf({ incident, declared }: AlertOfLink): string {
  const number = entry(terms.incident, `<code>${escaped(incident)}</code>`);
  if (!declared) return `<dl>\n${number}\n</dl>`;
  const time = `<time datetime="${escaped(declared.declaredAt)}">${inTokyo(declared.declaredAt)}</time>`;
  const entries = [
    entry(terms.kind, bilingual(incidentWords[declared.kind])),
    entry(terms.time, time),
    number,
  ];
  return `${paragraphs(whatHappened(declared))}\n<dl>\n${entries.join('\n')}\n</dl>`;
}

/** Its form goes to the address of the page itself, which holds the token, and carries nothing. */
const form = `<form method="post">\n<button type="submit">${escaped(button.ja)}${english(button.en)}</button>\n</form>`;

/**
 * The page behind the link of a message (annex 2, 4(4)). Its button acknowledges by POST, because the scanners of mail
 * servers open every link. It tells nobody more than the message did.
 */
export function acknowledgementPage(alert: AlertOfLink): string {
  const { title, what } = alert.acknowledged ? texts.done : texts.asked;
  const parts = [summaryOf(alert), paragraphs(what), ...(alert.acknowledged ? [] : [form])];
  return page(title, parts.join('\n'));
}
