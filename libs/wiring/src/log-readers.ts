import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Fault } from './setting.js';

/**
 * Who may read the log by URL. An unmodified reader of C2SP tlog-tiles takes a URL prefix and nothing else, so the token
 * is part of it; kept is only its SHA-256, and a token is 128 random bits at least, so that no hash leads back to it.
 */
export class LogReaders {
  private constructor(private readonly names: ReadonlyMap<string, string>) {}

  /** Nobody. */
  static readonly none = new LogReaders(new Map());

  /** Reads lines of `name sha256`; empty lines and those that begin with `#` say nothing. */
  static parse(text: string): LogReaders | Fault {
    const names = new Map<string, string>();
    for (const [at, line] of text.split(/\r?\n/).entries()) {
      if (/^\s*(?:#|$)/.test(line)) continue;
      const [, name, hash] = /^\s*([a-z0-9][a-z0-9.-]{0,62})\s+([0-9a-f]{64})\s*$/.exec(line) ?? [];
      if (name === undefined || hash === undefined || names.has(hash)) return faultAt(at + 1);
      names.set(hash, name);
    }
    return new LogReaders(names);
  }

  /** Reads the file. Its own errors when it cannot be read. */
  static read(file: string): LogReaders | Fault {
    return LogReaders.parse(readFileSync(file, 'utf8'));
  }

  /** Whose token this is; null when it is nobody's. Time tells about hashes at most. */
  nameOf(token: string): string | null {
    return this.names.get(createHash('sha256').update(token).digest('hex')) ?? null;
  }
}

const faultAt = (line: number): Fault =>
  new Fault(
    `の ${line} 行目が「名前（英小文字・数字・点・ハイフン） SHA-256（16 進 64 桁、重複なし）」の形ではありません`,
    `has a line ${line} that is not a name (lower-case letters, digits, dots, hyphens) and a SHA-256 in hex, given once`,
  );
