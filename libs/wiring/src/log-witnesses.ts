import { readFileSync } from 'node:fs';
import { COSIGNATURE_TYPE, parseVerifierKey, type WitnessAddress } from '#ledger';
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
    const witness = witnessOf(line.trim());
    if (!witness || witnesses.some(({ verifier }) => verifier.name === witness.verifier.name))
      return faultAt(at + 1);
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

function witnessOf(line: string): ListedWitness | null {
  const [key = '', url = '', ...rest] = line.split(/\s+/);
  if (rest.length || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) return null;
  try {
    const verifier = parseVerifierKey(key);
    return verifier.type === COSIGNATURE_TYPE ? { url, verifier, key } : null;
  } catch {
    return null;
  }
}

const faultAt = (line: number): Fault =>
  new Fault(
    `の ${line} 行目が「証人の検証鍵 URL」の形ではないか、同じ名前の証人が既にあります`,
    `has a line ${line} that is not a witness’s verifier key and URL, or a name that was there before`,
  );
