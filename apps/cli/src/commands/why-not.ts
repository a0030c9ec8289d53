import type { LogUnreachable, WitnessNameRefused } from '#ledger';
import { BilingualError } from '../bilingual-error.js';

/** Why a call could not be answered, and what to do about it. */
export interface Reason {
  /** For machines: `wrong-call`, `log-not-found`, … (docs/operations.md); of what is not foreseen the error's own, or `failed`. */
  readonly code: string;
  readonly ja: string;
  readonly en: string;
}

/** Tells on stderr why nothing could be answered, as JSON on stdout as well if that was asked. Returns the exit code, 2. */
export function tellWhyNot(error: Error, json?: boolean): 2 {
  if (json) tellAsJson(error);
  process.stderr.write(`${whyNot(error)}\n`);
  return 2;
}

/** On stdout: nothing was judged, for this reason. */
export function tellAsJson(error: Error): void {
  process.stdout.write(`${JSON.stringify({ ok: null, error: reasonOf(error) }, null, 2)}\n`);
}

/** The reason for people: a line in Japanese or more, then the same in English. */
export function whyNot(error: Error): string {
  const { ja, en } = reasonOf(error);
  return `${ja}\n${en}`;
}

interface Said extends Error {
  readonly code?: unknown;
  readonly syscall?: string;
  /** Of an error of the file system. */
  readonly path?: string;
  /** Of an error of the network. */
  readonly port?: number;
  /** Of a log that is not there. */
  readonly place?: string;
  /** Of keys: what is wrong with them and what to do, where that is known. */
  readonly told?: { readonly ja: string; readonly en: string } | null;
  /** Of a wrong configuration. */
  readonly faults?: readonly { readonly ja: string; readonly en: string }[];
}

function reasonOf(error: Error): Reason {
  if (error instanceof BilingualError) return { code: error.code, ja: error.ja, en: error.en };
  const { name, faults, code, message } = error as Said;
  if (name === 'ConfigurationFaults' && faults !== undefined) return misconfigured(faults);
  const known = ofKeys(error) ?? ofLog(error) ?? ofListening(error) ?? ofFile(error);
  if (known !== null) return known;
  const unforeseen = typeof code === 'string' ? code : 'failed';
  return { code: unforeseen, ja: `処理できませんでした（${unforeseen}）。原因：`, en: message };
}

function misconfigured(faults: NonNullable<Said['faults']>): Reason {
  const listed = (of: 'ja' | 'en'): string => faults.map((fault) => `\n  - ${fault[of]}`).join('');
  return {
    code: 'configuration',
    ja: `設定に誤りが ${faults.length} 件あります。${listed('ja')}`,
    en: `The configuration has ${faults.length} faults:${listed('en')}`,
  };
}

function ofKeys(error: Error): Reason | null {
  const { code, told, message } = error as Said;
  switch (code) {
    case 'signing-key-unusable':
    case 'vault-unavailable':
      return {
        code,
        ja: told?.ja ?? '鍵を読めないため、何もできません。原因と場所は英文のとおりです。',
        en: told?.en ?? `The keys cannot be read, so nothing was done: ${message}`,
      };
    default:
      return null;
  }
}

function ofLog(error: Error): Reason | null {
  const { code, place, message } = error as Said;
  switch (code) {
    case 'log-not-found':
      return {
        code,
        ja: `ログがありません：${place}（\`checkpoint\` と \`tile/\` のあるディレクトリー、またはそれを公開する URL を、トークンまで正しく指定）`,
        en: `there is no log in ${place}: give the directory that holds \`checkpoint\` and \`tile/\`, or the URL prefix that serves them, with its token whole`,
      };
    case 'log-unreachable':
      return outOfReach((error as LogUnreachable).found);
    case 'malformed-note':
      return {
        code,
        ja: '検証鍵の形式が誤り：ログ運用者から受け取ったまま、一行全体を引用符で囲んで指定',
        en: `${message}; give what you got from the log’s operator whole, a key in single quotes`,
      };
    case 'log-inconsistent':
      return { code, ja: `ファイルの内容が互いに矛盾しています：${place}`, en: message };
    case 'witness-state-in-use':
      return {
        code,
        ja: '同じ状態（--state）を別の証人が使っています：それを止めるか、別のディレクトリーを指定',
        en: `${message}: stop that one, or give another --state`,
      };
    case 'witness-name':
      return misnamed(error as WitnessNameRefused);
    default:
      return null;
  }
}

const misnamed = ({ code, asked, own, message }: WitnessNameRefused): Reason =>
  own === null
    ? { code, ja: `証人の名前（--name）に空白と + は使えません：${JSON.stringify(asked)}`, en: message }
    : {
        code,
        ja: `この証人の鍵の名前は ${own} です。最初の起動で決まり、変えられません：--name を省くか、新しい証人を別の --state で始めてください`,
        en: `${message}, as it was at the first start: leave --name out, or begin a new witness in another --state`,
      };

function ofListening({ code, syscall, port, message }: Said): Reason | null {
  const taken = {
    ja: `ポート ${port} は使用中です：別の --port を指定`,
    en: `port ${port} is taken: give another --port`,
  };
  if (code === 'EADDRINUSE') return { code, ...taken };
  if (syscall !== 'listen' && syscall !== 'getaddrinfo') return null;
  const cannot = '--host か --port で待ち受けできません（権限、またはこの機械にないアドレス）';
  return { code: String(code), ja: cannot, en: `--host and --port cannot be listened on: ${message}` };
}

function ofFile({ code, path, message }: Said): Reason | null {
  switch (code) {
    case 'ENOENT':
      return path === undefined
        ? null
        : { code: 'file-missing', ja: `ファイルがありません：${path}`, en: `there is no such file: ${path}` };
    case 'EACCES':
    case 'EPERM':
      return {
        code: 'file-unreadable',
        ja: `ファイルを読み書きする権限がありません：${path ?? ''}`,
        en: path === undefined ? message : `the file may not be read or written by this user: ${path}`,
      };
    case 'EISDIR':
      return {
        code: 'file-unreadable',
        ja: 'ファイルではなくディレクトリーです',
        en: 'that is a directory, not a file',
      };
    default:
      return null;
  }
}

/** What Node says of a server whose certificate no authority that it knows has signed. */
const UNKNOWN_AUTHORITY = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
const WITH_AUTHORITY = 'NODE_EXTRA_CA_CERTS=ca.pem npm run kiroku -- verify …';

/** What to do, where more can be said than what happened. */
function hintOn(found: string): { readonly ja: string; readonly en: string } {
  if (UNKNOWN_AUTHORITY.has(found))
    return {
      ja: `\nサーバー証明書の発行者を信頼する場合：${WITH_AUTHORITY}`,
      en: `\nif you trust the authority of the server’s certificate: ${WITH_AUTHORITY}`,
    };
  if (found === 'bad port')
    return {
      ja: '\nこのポートには（ブラウザーと同様に）問い合わせない決まりです。ログを別のポートで公開してください',
      en: '\nthis port is never asked, as by browsers: the log must be served on another one',
    };
  return { ja: '', en: '' };
}

function outOfReach(found: string): Reason {
  const { ja, en } = hintOn(found);
  return {
    code: 'log-unreachable',
    ja: `ログに問い合わせできないため、検証していません（${found}）${ja}`,
    en: `the log cannot be asked, so nothing was checked: ${found}${en}`,
  };
}
