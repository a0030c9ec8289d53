import { code, page, table } from './markdown.js';

/** A row of the problem catalogue, as the api exports it. An app imports no app: the generator hands the rows in. */
export interface ProblemEntry {
  readonly code: string;
  readonly type: string;
  readonly status: number;
  readonly ja: { readonly title: string; readonly detail: string };
  readonly en: { readonly title: string; readonly detail: string };
}

/** Rows by subject, in the order in which the page shows them. */
export type ProblemsBySubject = Readonly<Record<string, readonly ProblemEntry[]>>;

const headings: Readonly<Record<string, string>> = {
  requests: 'Requests リクエスト',
  'sign-in': 'Sign-in サインイン',
  inquiries: 'Inquiries 照会',
  availability: 'Availability 稼働状況',
  decisions: 'Proposals and approvals 提案と承認',
  people: 'People 操作者',
  terminals: 'Terminals 端末',
  grants: 'Grants 利用の承認',
  agreements: 'Agreement 協定',
  retention: 'Retention and erasure 保存と消去',
  contacts: 'Contacts 連絡先',
  incidents: 'Incidents 事案',
  alerts: 'Alerts 通報',
  reviews: 'Reviews 点検',
  'saved-searches': 'Saved searches 保存検索',
  'disclosure-requests': 'Requests for disclosure 開示請求',
  files: 'Files 引き渡すファイル',
  exports: 'Exports of the trail 証跡の書き出し',
};

const introduction = `# Problems 問題の一覧

Source: \`apps/api/src/problems/catalogue.ts\` and the tables beside it.

Whatever goes wrong is answered as problem details (RFC 9457, \`application/problem+json\`). \`type\` is
\`urn:kiroku:problem:<code>\`, a name and not an address; \`code\` repeats the last part, and this page has an anchor for
each. \`title\` and \`detail\` are Japanese, or English where \`Accept-Language\` prefers it; \`titles\` holds both.
\`errors\` lists every reason with its code and, where a part of the request failed, its \`field\`; the first reason gives
status and title. \`instance\` is the correlation id of the request, which the events it led to carry as well. No problem
repeats a value that somebody typed.

An inquiry that was refused, or that the provider did not answer, is on record under its \`Idempotency-Key\`, and the same
key gives the same answer again. Ask with a **new** key once the cause is mended. Use the **same** key where it is open or
uncertain what became of it: that never asks the provider twice.

照会の拒否と提供者の応答なしは、その Idempotency-Key の結果として記録されます。原因を除いた後は**新しい**キーで照会し、
結果が分からないときだけ**同じ**キーで送り直してください。`;

const index = (rows: readonly ProblemEntry[]): string =>
  table(
    ['Code', 'Status', 'Title', '題名'],
    rows.map((row) => [`[${row.code}](#${row.code})`, String(row.status), row.en.title, row.ja.title]),
  );

const entry = (row: ProblemEntry): string =>
  [
    `<a id="${row.code}"></a>`,
    `### ${row.code}`,
    `${code(row.type)} · ${row.status}`,
    `**${row.ja.title}** ${row.ja.detail}`,
    `**${row.en.title}.** ${row.en.detail}`,
  ].join('\n\n');

/** docs/problems.md: an index and an entry with an anchor for each code, by subject. */
export const problemsPage = (problems: ProblemsBySubject): string =>
  page(
    introduction,
    ...Object.entries(problems).flatMap(([subject, rows]) => [
      `## ${headings[subject] ?? subject}`,
      index(rows),
      ...rows.map(entry),
    ]),
  );

/** The codes that a rendered page has an anchor for, in its order. */
export const anchorsIn = (text: string): readonly string[] =>
  [...text.matchAll(/^<a id="([^"]+)"><\/a>$/gm)].map(([, anchor = '']) => anchor);
