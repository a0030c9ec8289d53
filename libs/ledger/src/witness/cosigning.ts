import { Buffer } from 'node:buffer';
import { formatAddCheckpoint } from '../core/add-checkpoint.js';
import { parseNote, type NoteVerifier } from '../core/note.js';
import { withCosignatures, witnessedBy } from '../core/witnessed.js';
import type { Log, LogState } from '../port.js';
import { SIZE_TYPE } from './witness.js';

/** A witness that the log asks. */
export interface WitnessAddress {
  /** The submission prefix: `add-checkpoint` is appended. */
  readonly url: string;
  readonly verifier: NoteVerifier;
}

/** What a witness made of a checkpoint. */
export type WitnessReply =
  /** `time` by the witness's clock, POSIX seconds. */
  | { readonly kind: 'cosigned'; readonly lines: string; readonly time: number }
  /** It has cosigned a larger tree than this log has: this log is an old copy (decision 16). Stop. */
  | { readonly kind: 'ahead'; readonly size: number }
  /** It says that this log has signed two histories. Stop. */
  | { readonly kind: 'forked'; readonly why: string }
  /** It does not know this log or its key, or its answer makes no sense. */
  | { readonly kind: 'refused'; readonly why: string }
  /** No answer. Ask again. */
  | { readonly kind: 'unreachable'; readonly why: string };

/** The replies to one round of asking. */
export interface Cosigned {
  /** The size of the checkpoint that was asked for. */
  readonly size: number;
  /** Its note, without cosignatures: with a witness's `lines` behind it, the proof of what that witness cosigned. */
  readonly note: string;
  /** Whether a cosigned checkpoint was published. */
  readonly published: boolean;
  /** One for each witness, in the order of the addresses. */
  readonly replies: readonly { readonly witness: string; readonly reply: WitnessReply }[];
}

const PATIENCE_MS = 5_000;
/** A cosignature line or two of the longest kind. */
const MOST_BYTES = 16_384;
/** How a connection that was kept open turns out to be dead: the witness was started again meanwhile. */
const DEAD_CONNECTION: ReadonlySet<unknown> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/**
 * Asks a log's witnesses to cosign its latest checkpoint, and publishes what they give. Keeps nothing that matters: what
 * a witness knows is asked of it. Never blocks an append: the log may have gone on by the time the answers come.
 */
export class Cosigning {
  /** The sizes that the witnesses cosigned last, as far as this process knows; wrong ones cost a second request. */
  private readonly known = new Map<WitnessAddress, number>();

  constructor(
    private readonly log: Pick<Log, 'state' | 'consistencyProof' | 'publishCosigned'>,
    private readonly witnesses: readonly WitnessAddress[],
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  /** Asks every witness at once. A witness that fails is a reply; rejects only when the log itself does. */
  async ask(): Promise<Cosigned> {
    const state = await this.log.state();
    const replies = await Promise.all(
      this.witnesses.map(async (witness) => ({
        witness: witness.verifier.name,
        reply: await this.askOne(witness, state),
      })),
    );
    const lines = replies.map(({ reply }) => (reply.kind === 'cosigned' ? reply.lines : '')).join('');
    const verifiers = this.witnesses.map(({ verifier }) => verifier);
    const published =
      lines !== '' && (await this.log.publishCosigned(withCosignatures(state.note, lines, verifiers)));
    return { size: state.size, note: state.note, published, replies };
  }

  private async askOne(witness: WitnessAddress, state: LogState): Promise<WitnessReply> {
    const first = await this.submit(witness, state, Math.min(this.known.get(witness) ?? 0, state.size));
    // It knows another size than was thought: once more from there.
    const reply = typeof first === 'number' ? await this.submit(witness, state, first) : first;
    if (typeof reply !== 'number') return reply;
    return { kind: 'refused', why: `it knows another size each time it is asked, now ${reply}` };
  }

  /** One request; a number is the size that the witness knows, and is no larger than the log's. */
  private async submit(
    witness: WitnessAddress,
    state: LogState,
    oldSize: number,
  ): Promise<WitnessReply | number> {
    const proof = (await this.log.consistencyProof(oldSize, state.size)).map((hex) =>
      Buffer.from(hex, 'hex'),
    );
    let answer: { readonly status: number; readonly type: string | null; readonly text: string };
    try {
      answer = await post(
        witness.url,
        formatAddCheckpoint({ oldSize, proof, note: state.note }),
        this.patienceMs,
      );
    } catch (error) {
      const { cause, message } = error as Error;
      return { kind: 'unreachable', why: cause instanceof Error ? cause.message : message };
    }
    const reply = judge(answer, state, witness.verifier);
    if (typeof reply === 'number' || reply.kind === 'cosigned') {
      this.known.set(witness, typeof reply === 'number' ? reply : state.size);
    }
    return reply;
  }
}

function judge(
  { status, type, text }: { readonly status: number; readonly type: string | null; readonly text: string },
  state: LogState,
  verifier: NoteVerifier,
): WitnessReply | number {
  if (status === 200) return cosignedBy(text, state, verifier);
  if (status === 409 && type === SIZE_TYPE) {
    const [, digits] = /^(0|[1-9]\d*)\n$/.exec(text) ?? [];
    const size = Number(digits ?? Number.NaN);
    if (!Number.isSafeInteger(size)) return { kind: 'refused', why: '409 without a size' };
    return size > state.size ? { kind: 'ahead', size } : size;
  }
  const why = `${status} ${text.slice(0, 200).trim()}`;
  return { kind: status === 409 || status === 422 ? 'forked' : 'refused', why };
}

function cosignedBy(lines: string, { note }: LogState, verifier: NoteVerifier): WitnessReply {
  try {
    const [witnessed] = witnessedBy(parseNote(withCosignatures(note, lines, [verifier])), [verifier]);
    if (witnessed) return { kind: 'cosigned', lines, time: witnessed.time };
  } catch {
    // Not signature lines: said below.
  }
  return { kind: 'refused', why: '200 without a valid cosignature of its key' };
}

/** Sends again, once, what a dead connection took: a witness that got it twice answers twice the same. */
async function post(url: string, body: string, patienceMs: number) {
  const signal = AbortSignal.timeout(patienceMs);
  try {
    return await postOnce(url, body, signal);
  } catch (error) {
    const { cause } = error as { cause?: { code?: unknown } };
    if (!DEAD_CONNECTION.has(cause?.code)) throw error;
    return postOnce(url, body, signal);
  }
}

async function postOnce(url: string, body: string, signal: AbortSignal) {
  const response = await fetch(`${url.replace(/\/+$/, '')}/add-checkpoint`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    // A witness answers itself; following it elsewhere would let it choose whom this network talks to.
    redirect: 'error',
    signal,
  });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    text: await textOf(response),
  };
}

/** The answer's text. Throws when it is longer than any answer can be. */
async function textOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new Error('the answer is too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
