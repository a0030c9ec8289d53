import { readFileSync } from 'node:fs';
import { isTimed, parseVerifierKey, type WitnessAddress } from '#ledger';
import { Fault } from './setting.js';

/** A witness as it is listed. */
export interface ListedWitness extends WitnessAddress {
  /** Its verifier key. */
  readonly key: string;
}

/** Reads lines of `<verifier key> <url>`; empty lines and those that begin with `#` say nothing. */
function parseWitnesses(text: string): readonly ListedWitness[] | Fault {
  const witnesses: ListedWitness[] = [];
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const witness = witnessOf(line.trim(), at + 1);
    if (witness instanceof Fault) return witness;
    if (witnesses.some(({ verifier }) => verifier.name === witness.verifier.name)) return again(at + 1);
    witnesses.push(witness);
  }
  return witnesses;
}

/** Reads the file; nobody where none is configured. Its own errors when it cannot be read. */
export const readWitnesses = (file: string | null): readonly ListedWitness[] | Fault =>
  file === null ? [] : parseWitnesses(readFileSync(file, 'utf8'));

/** The configured witnesses, who were checked when the configuration was read. */
export function witnessesOf({ witnesses: file }: { readonly witnesses: string | null }) {
  const witnesses = readWitnesses(file);
  if (witnesses instanceof Fault) throw new Error(`KIROKU_WITNESSES ${witnesses.en}`);
  return witnesses;
}

function witnessOf(line: string, at: number): ListedWitness | Fault {
  const [key = '', url = '', ...rest] = line.split(/\s+/);
  if (rest.length || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) return noWitness(at);
  try {
    const verifier = parseVerifierKey(key);
    return isTimed(verifier.type) ? { url, verifier, key } : untimed(at, verifier.type);
  } catch {
    return noWitness(at);
  }
}

const noWitness = (line: number): Fault =>
  new Fault(
    `の ${line} 行目が「証人の検証鍵 URL」の形ではないか、検証鍵が壊れているか、署名の種別が 0x04（Ed25519 の連署）でも 0x06（ML-DSA-44）でもありません`,
    `has a line ${line} that is not a witness’s verifier key and URL; or the key is damaged, or neither of type 0x04 (cosignature by Ed25519) nor of type 0x06 (ML-DSA-44)`,
  );

const untimed = (line: number, type: number): Fault => {
  const byte = `0x${type.toString(16).padStart(2, '0')}`;
  return new Fault(
    `の ${line} 行目の検証鍵は種別 ${byte} で、その署名は時刻を持ちません。証人の検証鍵は 0x04 か 0x06 です（ログ自身の鍵ではありませんか）`,
    `has a line ${line} that has a verifier key of type ${byte}, whose signatures carry no time; a witness’s is of type 0x04 or 0x06 (is it the log’s own?)`,
  );
};

const again = (line: number): Fault =>
  new Fault(
    `の ${line} 行目の証人と同じ名前の証人が既にあります`,
    `has a line ${line} that names a witness that was there before`,
  );
