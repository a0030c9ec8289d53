export { type Checkpoint, formatCheckpoint, parseCheckpoint } from './core/checkpoint.js';
export { decodeBundle, encodeBundle } from './core/bundle.js';
export {
  EMPTY_FRONTIER,
  extendFrontier,
  frontierLength,
  frontierRoot,
  merkleRootOf,
  type Frontier,
} from './core/frontier.js';
export { EMPTY_ROOT, HASH_BYTES, leafHash, MAX_ENTRY_BYTES, nodeHash, type Hash } from './core/hashing.js';
export {
  isKeyName,
  keyIdOf,
  MalformedNote,
  parseNote,
  signatureLine,
  signNote,
  verifyNote,
  type NoteSigner,
  type NoteVerifier,
  type SignedNote,
} from './core/note.js';
export { multiProof, MultiProofMismatch, type PlacedLeaf, rootOfMultiProof } from './core/multi-proof.js';
export { consistencyProof, inclusionProof, verifyConsistency, verifyInclusion } from './core/proofs.js';
export { isTimed } from './core/signature-types.js';
export { cosigner, ed25519Signer, generateSigningKey, logSigner } from './core/signing-key.js';
export { rangeRoot, subtreesFromTiles, type SubtreeReader, type TileReader } from './core/subtrees.js';
export {
  hashesAtLevel,
  parseTilePath,
  TILE_WIDTH,
  tilePath,
  tilesOf,
  type Tile,
  type TileLevel,
} from './core/tiles.js';
export {
  formatTlogProof,
  MalformedProof,
  type MalformedProofReason,
  openCheckpoint,
  parseTlogProof,
  verifyTlogProof,
  type ProofFailure,
  type TlogProof,
  type TrustedKeys,
} from './core/tlog-proof.js';
export {
  formatVerifierKey,
  parseVerifierKey,
} from './core/verifier-key.js';
export { withCosignatures, witnessedBy, type Witnessed } from './core/witnessed.js';
export { openLog, openLogReadOnly, type LogFiles } from './file-log.js';
export type { LeafProver } from './leaf-prover.js';
export {
  EntryRefused,
  LogInconsistent,
  LogNotFound,
  LogUnreachable,
  LogRolledBack,
  LogSchemaTooNew,
  SequencerSuperseded,
  type AppendOptions,
  type Log,
  type LogReader,
  type LogState,
  type SequencedEvent,
} from './port.js';
export { PublishedLog, type PublishedCheckpoint, type ServedFile } from './published-log.js';
export {
  verifyLog,
  type Fault,
  type FaultKind,
  type SeenCheckpoint,
  type Verification,
  type VerifyOptions,
} from './verify.js';
export {
  verifyInstalledLog,
  type InstalledVerification,
  type VerifyInstalledOptions,
} from './verify-installed.js';
export { replayLog } from './verify/log-replay.js';
export { Cosigning, type Cosigned, type WitnessAddress, type WitnessReply } from './witness/cosigning.js';
export { WitnessNameRefused } from './witness/witness-identity.js';
export { startWitness, type RunningWitness, type WitnessOptions } from './witness/witness-server.js';
export { WitnessStateInUse, type Refusal } from './witness/witness-state.js';
