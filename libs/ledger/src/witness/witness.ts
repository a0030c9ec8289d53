import { type Buffer, isUtf8 } from 'node:buffer';
import { parseNote, signatureLine, type NoteSigner, type NoteVerifier } from '../core/note.js';
import { parseVerifierKey } from '../core/verifier-key.js';
import { withCosignatures } from '../core/witnessed.js';
import { decideAddCheckpoint, type WitnessDecision } from '../core/witness.js';
import type { Refusal, WitnessState } from './witness-state.js';

/** An answer over HTTP. */
export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  readonly contentType: string;
  readonly body: string;
}

export interface WitnessParts {
  readonly state: WitnessState;
  /** The keys of the logs that are witnessed. */
  readonly logs: readonly NoteVerifier[];
  readonly signer: NoteSigner;
  /** Milliseconds of real time. */
  readonly realNow: () => number;
  /** Called for every refusal that speaks against a log; `isNew` when it was not known before. */
  readonly onRefusal?: (refusal: Refusal, isNew: boolean) => void;
}

const PLAIN = 'text/plain; charset=utf-8';
/** The content type by which C2SP tlog-witness tells a size. */
export const SIZE_TYPE = 'text/x.tlog.size';

type OfKind<K extends WitnessDecision['kind']> = Extract<WitnessDecision, { kind: K }>;

/** The witness without its transport: `add-checkpoint` of C2SP tlog-witness over a durable state. */
export class Witness {
  readonly verifierKey: string;
  private readonly own: NoteVerifier;
  /** Answers by status since the start. */
  readonly answered = new Map<number, number>();

  constructor(private readonly parts: WitnessParts) {
    this.verifierKey = parts.signer.verifierKey;
    this.own = parseVerifierKey(this.verifierKey);
  }

  /**
   * Answers one request. Synchronous: nothing comes between the check and the record. Throws when the state cannot be
   * read or written; nothing was cosigned then.
   */
  addCheckpoint(body: Buffer): WitnessAnswer {
    const answer = this.decide(body);
    this.answered.set(answer.status, (this.answered.get(answer.status) ?? 0) + 1);
    return answer;
  }

  private decide(body: Buffer): WitnessAnswer {
    const { state, logs } = this.parts;
    if (!isUtf8(body)) return refusal(400, 'the body is not UTF-8');
    const decision = decideAddCheckpoint(body.toString(), {
      logs,
      latest: (origin) => state.latest(origin)?.checkpoint ?? null,
    });
    switch (decision.kind) {
      case 'cosign':
        return this.cosign(decision);
      case 'malformed':
        return refusal(400, decision.reason);
      case 'untrusted':
        return refusal(403, 'no key of the log that is trusted here has signed the checkpoint');
      case 'unknown-log':
        return refusal(404, 'the log is not witnessed here');
      case 'stale':
        return { status: 409, contentType: SIZE_TYPE, body: `${decision.size}\n` };
      case 'fork':
        return this.refuse(
          decision,
          409,
          'fork: the log has signed another tree of the size that was cosigned',
        );
      case 'inconsistent':
        return this.refuse(
          decision,
          422,
          'inconsistent: the proof does not lead from the cosigned tree to this one',
        );
      default:
        return decision satisfies never;
    }
  }

  private cosign({ checkpoint, note }: OfKind<'cosign'>): WitnessAnswer {
    const { text } = parseNote(note);
    const { name, keyId } = this.own;
    const line = signatureLine({ name, keyId, signature: this.parts.signer.sign(text) });
    const { state } = this.parts;
    // On disk before the cosignature is seen: a witness that forgot could be led down another history. Asked again for
    // what is there it writes nothing: anybody may ask.
    if (state.latest(checkpoint.origin)?.checkpoint.size !== checkpoint.size)
      state.record(checkpoint, withCosignatures(note, line, [this.own]));
    return { status: 200, contentType: PLAIN, body: line };
  }

  private refuse(
    { kind, checkpoint, note }: OfKind<'fork' | 'inconsistent'>,
    status: 409 | 422,
    why: string,
  ): WitnessAnswer {
    const { state, realNow, onRefusal } = this.parts;
    const { origin } = checkpoint;
    const latest = state.latest(origin)?.note ?? null;
    const evidence: Refusal = {
      kind,
      origin,
      seenAt: new Date(realNow()).toISOString(),
      latest,
      refused: note,
    };
    const isNew = state.remember(evidence, checkpoint);
    onRefusal?.(evidence, isNew);
    return refusal(status, why);
  }
}

const refusal = (status: 400 | 403 | 404 | 409 | 422, why: string): WitnessAnswer => ({
  status,
  contentType: PLAIN,
  body: `${why}\n`,
});
