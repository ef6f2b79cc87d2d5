import {
  decode,
  encodeToBuffer,
  kRaftVersionRecord,
  type VotersRecord,
  votersRecord,
} from '../../kafka/protocol/index.ts';
import { type ControlRecordType, controlRecordKey } from '../../kafka/records/index.ts';

/** Who votes in the quorum, as its control records tell (KIP-853). */
export interface QuorumVoters {
  /** 0: the voters are those of the configuration; 1: those of {@link voters}. */
  readonly kraftVersion: number;
  readonly voters: VotersRecord['voters'];
}

/** A control record of the metadata log or a snapshot. */
export interface ControlRecord {
  readonly type: ControlRecordType;
  readonly value: Buffer;
}

/** The voters of a log that says nothing of them. */
export const staticVoters: QuorumVoters = { kraftVersion: 0, voters: [] };

/** The records that make `voters` known; none for {@link staticVoters}. */
export function voterRecords({ kraftVersion, voters }: QuorumVoters): readonly ControlRecord[] {
  if (kraftVersion === 0) return [];
  const version = { version: 0, kRaftVersion: kraftVersion };
  return [
    { type: 'KRAFT_VERSION', value: encodeToBuffer(kRaftVersionRecord, 0, version) },
    { type: 'KRAFT_VOTERS', value: encodeToBuffer(votersRecord, 0, { version: 0, voters }) },
  ];
}

/** The voters after a control record; others than those of {@link voterRecords} change nothing. */
export function replayVoters(voters: QuorumVoters, { type, value }: ControlRecord): QuorumVoters {
  if (type === 'KRAFT_VERSION') {
    return { ...voters, kraftVersion: decode(kRaftVersionRecord, 0, value).kRaftVersion };
  }
  if (type === 'KRAFT_VOTERS') return { ...voters, voters: decode(votersRecord, 0, value).voters };
  return voters;
}

/** Key and value of a control record, as a batch takes them. */
export function controlEntry({ type, value }: ControlRecord): readonly [key: Buffer, value: Buffer] {
  return [controlRecordKey(type), value];
}
