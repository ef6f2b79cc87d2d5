import type { ConsumerGroupMemberMetadataValue } from '../../../kafka/protocol/index.ts';
import { type AssignmentEpochs, EMPTY_EPOCHS, isSameEpochs, isSameSet } from './partitions.ts';

/** How far a member is on its way to the target assignment, as records store it. */
export const MemberState = {
  STABLE: 0,
  UNREVOKED_PARTITIONS: 1,
  UNRELEASED_PARTITIONS: 2,
  UNKNOWN: 127,
} as const;

/** Member epochs of requests that mean something else than an epoch. */
export const JOIN_EPOCH = 0;
export const LEAVE_EPOCH = -1;
export const STATIC_LEAVE_EPOCH = -2;

/** What a member that speaks the classic protocol said in its JoinGroup. */
export type ClassicMetadata = NonNullable<ConsumerGroupMemberMetadataValue['classicMemberMetadata']>;

/** A member of a consumer group. Immutable: a change replaces the object. */
export interface ConsumerMember {
  readonly memberId: string;
  /** Set for static members (KIP-345). */
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly clientId: string;
  /** Kafka writes `/` and the address. */
  readonly clientHost: string;
  /** How long it may take to give partitions up; -1 before the first heartbeat. */
  readonly rebalanceTimeoutMs: number;
  readonly subscribedTopicNames: ReadonlySet<string>;
  /** A pattern in RE2 syntax; null or empty for none. */
  readonly subscribedTopicRegex: string | null;
  /** The assignor it asks for. */
  readonly serverAssignor: string | null;
  /** Set while the member speaks the classic protocol. */
  readonly classic: ClassicMetadata | null;
  readonly memberEpoch: number;
  readonly previousMemberEpoch: number;
  /** One of {@link MemberState}; other values count as unknown. */
  readonly state: number;
  readonly assigned: AssignmentEpochs;
  readonly pendingRevocation: AssignmentEpochs;
}

/** A member that has said nothing yet. */
export function newConsumerMember(memberId: string): ConsumerMember {
  return {
    memberId,
    instanceId: null,
    rackId: null,
    clientId: '',
    clientHost: '',
    rebalanceTimeoutMs: -1,
    subscribedTopicNames: new Set(),
    subscribedTopicRegex: '',
    serverAssignor: null,
    classic: null,
    memberEpoch: 0,
    previousMemberEpoch: 0,
    state: MemberState.STABLE,
    assigned: EMPTY_EPOCHS,
    pendingRevocation: EMPTY_EPOCHS,
  };
}

/** The pattern the member subscribes to, if any. */
export function regexOf(member: ConsumerMember | undefined): string | undefined {
  const regex = member?.subscribedTopicRegex;
  return regex === null || regex === '' ? undefined : regex;
}

/** Whether the member owns what it should own as of this assignment epoch. */
export function isReconciledTo(member: ConsumerMember, assignmentEpoch: number): boolean {
  return member.state === MemberState.STABLE && member.memberEpoch === assignmentEpoch;
}

/** Whether two members said the same of themselves. */
export function isSameMetadata(a: ConsumerMember, b: ConsumerMember): boolean {
  return (
    a.instanceId === b.instanceId &&
    a.rackId === b.rackId &&
    a.clientId === b.clientId &&
    a.clientHost === b.clientHost &&
    a.rebalanceTimeoutMs === b.rebalanceTimeoutMs &&
    isSameSet(a.subscribedTopicNames, b.subscribedTopicNames) &&
    a.subscribedTopicRegex === b.subscribedTopicRegex &&
    a.serverAssignor === b.serverAssignor &&
    isSameClassicMetadata(a.classic, b.classic)
  );
}

/** Whether two members own the same, in the same state and epochs. */
export function isSameOwnership(a: ConsumerMember, b: ConsumerMember): boolean {
  return (
    a.memberEpoch === b.memberEpoch &&
    a.previousMemberEpoch === b.previousMemberEpoch &&
    a.state === b.state &&
    isSameEpochs(a.assigned, b.assigned) &&
    isSameEpochs(a.pendingRevocation, b.pendingRevocation)
  );
}

function isSameClassicMetadata(a: ClassicMetadata | null, b: ClassicMetadata | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.sessionTimeoutMs === b.sessionTimeoutMs &&
    a.supportedProtocols.length === b.supportedProtocols.length &&
    a.supportedProtocols.every((protocol, index) => {
      const other = b.supportedProtocols[index];
      return other?.name === protocol.name && other.metadata.equals(protocol.metadata);
    })
  );
}
