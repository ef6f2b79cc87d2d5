import { writeFileAtomically } from '../../platform/atomic-write.ts';
import type { Files } from '../../platform/files.ts';
import { QuorumStateError } from './errors.ts';

/** Kafka's `quorum-state` file (data_version 1): the last known epoch, its leader, and whom this node voted for. */
export interface QuorumState {
  readonly leaderId: number;
  readonly leaderEpoch: number;
  /** -1: voted for nobody. */
  readonly votedId: number;
  /** Url-safe base64 id of the directory voted for, all `A` for none. */
  readonly votedDirectoryId: string;
}

/** Reads the file; `undefined` when there is none. Throws {@link QuorumStateError}. */
export function readQuorumState(files: Files, path: string): QuorumState | undefined {
  if (files.stat(path) === undefined) return undefined;
  const text = files.readFile(path).toString('utf8');
  const state = parse(path, text);
  const { leaderId, leaderEpoch, votedId, votedDirectoryId } = state;
  if (typeof leaderEpoch !== 'number' || !Number.isInteger(leaderEpoch) || leaderEpoch < 0) {
    throw new QuorumStateError(path, 'leaderEpoch is not an epoch');
  }
  return {
    leaderId: typeof leaderId === 'number' ? leaderId : -1,
    leaderEpoch,
    votedId: typeof votedId === 'number' ? votedId : -1,
    votedDirectoryId: typeof votedDirectoryId === 'string' ? votedDirectoryId : 'AAAAAAAAAAAAAAAAAAAAAA',
  };
}

/** Writes the file durably. */
export function writeQuorumState(files: Files, path: string, state: QuorumState): void {
  writeFileAtomically(files, path, Buffer.from(JSON.stringify({ ...state, data_version: 1 })));
}

function parse(path: string, text: string): Partial<Record<keyof QuorumState, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Told below, like a value of the wrong kind.
  }
  throw new QuorumStateError(path, 'not a JSON object');
}
