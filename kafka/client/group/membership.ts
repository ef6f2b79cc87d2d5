/** How a member takes part in its group. Times are in ms. */
export interface GroupOptions {
  readonly groupId: string;
  /** Shown in the group's description. Default: the client's. */
  readonly clientId?: string | undefined;
  /** Static membership (KIP-345). */
  readonly groupInstanceId?: string | undefined;
  /** A member whose heartbeats stop for so long is removed. Default 45,000. */
  readonly sessionTimeoutMs?: number | undefined;
  /** Default 3,000. */
  readonly heartbeatIntervalMs?: number | undefined;
  /** How long the others wait for a member to join again; longer pauses between polls make it leave. Default 300,000. */
  readonly rebalanceTimeoutMs?: number | undefined;
}

/** One protocol a member can follow, with what it tells the leader under it. */
export interface ProtocolChoice {
  readonly name: string;
  readonly metadata: Buffer;
}

/** A member as its leader sees it. */
export interface GroupMember {
  readonly memberId: string;
  readonly groupInstanceId: string | undefined;
  readonly metadata: Buffer;
}

/** The leader's task. */
export interface AssignmentTask {
  readonly generationId: number;
  readonly protocolName: string;
  readonly leaderId: string;
  readonly members: readonly GroupMember[];
}

/** What a member got. */
export interface GroupAssignment {
  readonly generationId: number;
  readonly memberId: string;
  readonly leaderId: string;
  readonly isLeader: boolean;
  readonly protocolName: string;
  /** Empty when the leader gave this member nothing. */
  readonly assignment: Buffer;
}

/**
 * What the members of a group say to each other; the group itself only carries it. The `on...` methods are called within
 * {@link GroupMembership.poll} and awaited, one at a time; `choices` and `assign` also between polls.
 */
export interface GroupProtocol {
  /** `consumer`, `connect`, ... */
  readonly type: string;
  /** In order of preference. Asked at each join. */
  choices(): readonly ProtocolChoice[];
  /** Before each join but the first: give up what others may get, commit. */
  onJoinPrepare(generationId: number, memberId: string): Promise<void> | void;
  /** Only the leader: one assignment per member id. */
  assign(task: AssignmentTask): Promise<ReadonlyMap<string, Buffer>> | ReadonlyMap<string, Buffer>;
  onJoinComplete(assignment: GroupAssignment): Promise<void> | void;
  /** The member was removed, or left because it did not poll: others may have its part already. A join follows. */
  onLost(): Promise<void> | void;
}

/**
 * Membership in a group of the classic protocol. {@link poll} drives it; only heartbeats go by themselves. Errors that
 * no new attempt can heal (authorization, fenced instance id, inconsistent protocol) are thrown by poll as KafkaError.
 */
export interface GroupMembership {
  /** '' before the first join. */
  readonly memberId: string;
  /** -1 outside of a generation. */
  readonly generationId: number;
  /** Whether the member is in the group with an assignment, and no rebalance is known to be due. */
  readonly isStable: boolean;
  /**
   * Joins if due, calls the protocol, and stays for `timeoutMs` to do so again: to be called all the time. Resolves with
   * {@link isStable}, earlier when a rebalance was completed or {@link wakeup} called, later when a hook takes long.
   */
  poll(timeoutMs: number): Promise<boolean>;
  /** Makes a waiting poll return. */
  wakeup(): void;
  /** The next poll joins again; `reason` goes to the broker's log (KIP-800). */
  requestRejoin(reason: string): void;
  /**
   * Leaves the group (a static member only when `isForced`); errors are ignored, no method of the protocol is called. The
   * next poll would join again.
   */
  leave(reason: string, isForced?: boolean): Promise<void>;
  /** Leaves and stops. Idempotent. */
  close(): Promise<void>;
}
