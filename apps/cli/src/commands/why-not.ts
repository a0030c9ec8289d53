import type { LogUnreachable } from '#ledger';

/** What Node says of a server whose certificate no authority that it knows has signed. */
const UNKNOWN_AUTHORITY = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

interface Said extends Error {
  readonly code?: unknown;
  /** Of an error of the file system. */
  readonly path?: string;
  /** Of a log that is not there. */
  readonly place?: string;
}

/** Why a call could not be answered, in Japanese and English, with what to do about it; where it is not known, the error's words. */
export function whyNot(error: Error): string {
  const { code, path, place, message } = error as Said;
  switch (code) {
    case 'log-not-found':
      return `ログがありません：${place}\nthere is no log in ${place}: give the directory that holds \`checkpoint\` and \`tile/\`, or the URL prefix that serves them`;
    case 'log-unreachable':
      return outOfReach((error as LogUnreachable).found);
    case 'malformed-note':
      return `検証鍵、またはチェックポイントや証明の形式が誤り：ログ運用者から受け取ったまま、一行全体を引用符で囲んで指定\n${message}; give what you got from the log’s operator whole, a key in single quotes`;
    case 'vault-unavailable':
      return `鍵を読めないため、検証できません。 The keys cannot be read, so nothing was checked: ${message}`;
    case 'ENOENT':
      return path === undefined ? message : `ファイルがありません there is no such file: ${path}`;
    case 'EACCES':
    case 'EPERM':
      return path === undefined
        ? message
        : `ファイルを読む権限がありません the file may not be read by this user: ${path}`;
    case 'EISDIR':
      return 'ファイルではなくディレクトリーです that is a directory, not a file';
    default:
      return message;
  }
}

function outOfReach(found: string): string {
  const said = `ログに問い合わせできないため、検証していません（${found}）\nthe log cannot be asked, so nothing was checked: ${found}`;
  return UNKNOWN_AUTHORITY.has(found)
    ? `${said}\nサーバー証明書の発行者を信頼する場合 if you trust the authority of the server’s certificate: NODE_EXTRA_CA_CERTS=ca.pem npm run kiroku -- verify …`
    : said;
}
