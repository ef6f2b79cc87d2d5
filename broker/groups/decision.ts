import type { JoinGroupResponse, SyncGroupResponse } from '../../kafka/protocol/index.ts';
import type { LogTransaction } from '../coordinator/ports.ts';
import type { ClassicGroup } from './classic/classic-group.ts';
import type { ConsumerGroup } from './consumer/consumer-group.ts';
import type { GroupRecord } from './group-record.ts';

/**
 * The timers of a group. `join` and `sync` are those of a classic group, `session` of any member, the others of members
 * of a consumer group: `revocation` ends when they have given up partitions, `member-join` and `member-sync` when
 * members of the classic protocol have joined again or asked for their assignment.
 */
export type GroupTimer =
  | { readonly kind: 'join' | 'sync' }
  | { readonly kind: 'session' | 'member-join' | 'member-sync'; readonly memberId: string }
  | { readonly kind: 'revocation'; readonly memberId: string; readonly memberEpoch?: number };

/** Starts a timer anew, or cancels it when `delayMs` is undefined. */
export interface TimerChange {
  readonly timer: GroupTimer;
  readonly delayMs: number | undefined;
  /** Leaves a timer alone that runs already. */
  readonly unlessRunning?: boolean;
}

/** A parked JoinGroup or SyncGroup of this member can be answered now. */
export type Answer =
  | { readonly kind: 'join'; readonly memberId: string; readonly response: JoinGroupResponse }
  | { readonly kind: 'sync'; readonly memberId: string; readonly response: SyncGroupResponse };

/** Which parked response a request waits for. */
export interface Parking {
  readonly kind: Answer['kind'];
  readonly memberId: string;
}

/** What happened in a group, for the log of the broker. */
export interface GroupEvent {
  readonly message: string;
  readonly fields: Readonly<Record<string, string | number>>;
}

/**
 * What the coordinator decided. Nothing has changed yet: the caller appends `records`, then applies the decision
 * to the coordinator, parks or answers the request, and carries out `answers` and `timers`. Responses may be sent
 * only when the records, and all records before them, are committed.
 */
export interface Decision<Response = undefined> {
  readonly groupId: string;
  /** The new state of the group; undefined when it stays as it is. */
  readonly group?: ClassicGroup | ConsumerGroup | undefined;
  readonly records: readonly GroupRecord[];
  /** Set when the records count only once this transaction has committed. */
  readonly transaction?: LogTransaction | undefined;
  /** The answer of the request; undefined when it has to wait, see `parking`. */
  readonly response: Response;
  readonly parking?: Parking | undefined;
  readonly answers: readonly Answer[];
  readonly timers: readonly TimerChange[];
  readonly events: readonly GroupEvent[];
  /** What to do instead when the log refuses the records with this (mapped) error. Without it nothing changes. */
  readonly refused?: ((errorCode: number) => Decision) | undefined;
}

/** A decision that only answers. */
export function respond<Response>(groupId: string, response: Response): Decision<Response> {
  return { groupId, records: [], response, answers: [], timers: [], events: [] };
}
