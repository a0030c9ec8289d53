/** What can be wrong with an export. */
export type ExportFaultKind = keyof typeof meanings;

/** One fault, and the place to look at. Holds nothing of what is in the file: reports may travel. */
export interface ExportFault {
  readonly kind: ExportFaultKind;
  /** Of the file, from 1. */
  readonly line?: number;
  /** The event's id, where the fault is about one that the file does not have. */
  readonly event?: string;
  /** Names of columns or fields, or what the log's files are like. */
  readonly detail?: string;
}

const meanings = {
  'not-utf8': '行が UTF-8 ではない / the line is not UTF-8',
  'line-too-long': '行が長すぎる / the line is too long',
  line: '書き出しの行の形式ではないか、あるべき場所にない / not a line of an export, or not at its place',
  truncated:
    '末尾の記載がない（途中で切れたファイル） / the file does not end with its statement: it was cut off',
  sha256: '内容が末尾の記載と異なる / the file is not what its statement was made for',
  rows: '行数が末尾の記載と異なる / there are not as many rows as the statement says',
  entries: '行と記録の数が異なる / there are not as many entries as rows',
  statement: '末尾の記載がログの記録と異なる / the statement says something else than the record in the log',
  'row-differs':
    '行が記録（エントリ）と異なる / the row says something else than its event and those before it',
  'row-beyond': '行が書き出しの範囲の外にある / the row lies behind the position of the export',
  'row-not-meant': '行が検索式に当たらない / the query does not find this row',
  'entry-malformed': 'エントリを読めない / the entry cannot be read',
  order:
    'エントリの順序が誤り / the entries do not stand in falling order of their leaf index, or lie outside the log',
  proof:
    'エントリと証明がチェックポイントのルートに至らない / entries and hashes do not lead to the signed root',
  'checkpoint-malformed': 'チェックポイントを読めない / the checkpoint cannot be read',
  'checkpoint-signature':
    'チェックポイントに与えられた鍵の署名がない / the checkpoint is not signed by the key given',
  'checkpoint-origin': 'チェックポイントが他のログのもの / the checkpoint is of another log than the key',
  'witness-missing': '証人の署名がない / a witness has not cosigned',
  log: 'ログに不一致がある（verify で確認） / the log does not hold: see verify',
  'not-on-record':
    'この内容の引き渡しがログに記録されていない / the log holds no record that this file was handed over',
  'row-left-out':
    '検索式に当たる行がファイルにない / the query finds this event, and the file does not have it',
} as const;

export const meaningOf = (kind: ExportFaultKind): string => meanings[kind];

const KEPT = 1_000;

/** Faults in the order found; of very many the first thousand are kept, and all are counted. */
export class ExportFaults {
  readonly kept: ExportFault[] = [];
  count = 0;

  add(fault: ExportFault): void {
    this.count += 1;
    if (this.kept.length < KEPT) this.kept.push(fault);
  }
}

/** The file cannot be read as an export: nothing behind this place can be judged. */
export class BrokenExport extends Error {
  constructor(readonly fault: ExportFault) {
    super(meaningOf(fault.kind));
    this.name = 'BrokenExport';
  }
}
