import type {
  AssignmentTask,
  GroupAssignment,
  GroupMembership,
  KafkaClient,
} from '../../kafka/client/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import {
  addressOf,
  choosePrimary,
  decodeAssignment,
  decodeIdentity,
  encodeAssignment,
  encodeIdentity,
  type RegistryIdentity,
} from './identity.ts';

/** Who writes: this registry, another one, or nobody that is known. */
export type PrimaryRole =
  | { readonly kind: 'primary' }
  | { readonly kind: 'secondary'; readonly url: string }
  | { readonly kind: 'unknown' };

/** Who writes, for those that want to. */
export interface PrimaryFinder {
  readonly role: PrimaryRole;
  /** The role as soon as it is not `unknown` any more, or what it is after `waitMs`. */
  known(waitMs: number): Promise<PrimaryRole>;
}

/** How registries of one topic agree on who writes. Times in ms. */
export interface ElectionOptions {
  readonly client: KafkaClient;
  /** `schema.registry.group.id`, `schema-registry`. */
  readonly groupId?: string;
  /** Where the other registries reach this one. */
  readonly host: string;
  readonly port: number;
  /** `leader.eligibility`, true. */
  readonly isEligible?: boolean;
  /** 10 000. */
  readonly sessionTimeoutMs?: number;
  /** 3 000. */
  readonly heartbeatIntervalMs?: number;
}

const pollMs = 500;
const protocol = 'v0';

/**
 * Membership in the group of type `sr`, as Confluent's registries have it: they can be members of the same group.
 * `onPrimary` is awaited before this registry takes itself for the primary.
 */
export class PrimaryElection implements PrimaryFinder {
  readonly #options: ElectionOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #onPrimary: () => Promise<void>;
  readonly #membership: GroupMembership;
  #role: PrimaryRole = { kind: 'unknown' };
  /** Those who wait for a role. */
  readonly #waiting = new Set<() => void>();
  #running: Promise<void> | undefined;
  #isClosed = false;

  constructor(
    options: ElectionOptions,
    { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
    onPrimary: () => Promise<void>,
  ) {
    this.#options = options;
    this.#clock = clock;
    this.#logger = logger;
    this.#onPrimary = onPrimary;
    const { groupId = 'schema-registry', sessionTimeoutMs = 10_000, heartbeatIntervalMs = 3_000 } = options;
    this.#membership = options.client.membership(
      { groupId, sessionTimeoutMs, heartbeatIntervalMs },
      {
        type: 'sr',
        choices: () => [{ name: protocol, metadata: encodeIdentity(this.#identity) }],
        // A primary stays it while the others come and go: it is the only one that can be chosen again.
        onJoinPrepare: () => undefined,
        assign: (task) => this.#assign(task),
        onJoinComplete: (assignment) => this.#follow(assignment),
        onLost: () => this.#become({ kind: 'unknown' }),
      },
    );
  }

  get role(): PrimaryRole {
    return this.#role;
  }

  known(waitMs: number): Promise<PrimaryRole> {
    if (this.#role.kind !== 'unknown' || this.#isClosed) return Promise.resolve(this.#role);
    return new Promise((resolve) => {
      const settle = () => {
        timer.cancel();
        this.#waiting.delete(settle);
        resolve(this.#role);
      };
      const timer = this.#clock.timer(waitMs, settle);
      this.#waiting.add(settle);
    });
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Leaves the group: the others elect at once. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#role = { kind: 'unknown' };
    this.#tell();
    this.#membership.wakeup();
    await this.#running;
    await this.#membership.close();
  }

  get #identity(): RegistryIdentity {
    const { host, port, isEligible = true } = this.#options;
    return { host, port, scheme: 'http', isEligible, isPrimary: this.#role.kind === 'primary' };
  }

  async #run(): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#membership.poll(pollMs);
      } catch (error) {
        if (this.#isClosed) return;
        this.#become({ kind: 'unknown' });
        this.#logger.error({ err: error }, 'registry cannot take part in the election of a primary');
        return;
      }
    }
  }

  #assign({ members }: AssignmentTask): ReadonlyMap<string, Buffer> {
    const chosen = choosePrimary(
      members.map(({ memberId, metadata }) => ({ memberId, identity: decodeIdentity(metadata) })),
    );
    if (chosen.error === 1) this.#logger.error({}, 'two registries of the group have the same address');
    const assignment = encodeAssignment(chosen);
    return new Map(members.map(({ memberId }) => [memberId, assignment]));
  }

  async #follow({ memberId, assignment }: GroupAssignment): Promise<void> {
    const { error, memberId: primary, identity } = decodeAssignment(assignment);
    if (error !== 0 || identity === undefined) this.#become({ kind: 'unknown' });
    else if (primary !== memberId) this.#become({ kind: 'secondary', url: addressOf(identity) });
    else if (this.#role.kind !== 'primary') {
      this.#become({ kind: 'unknown' });
      await this.#onPrimary();
      if (!this.#isClosed) this.#become({ kind: 'primary' });
    }
  }

  #become(role: PrimaryRole): void {
    if (role.kind !== this.#role.kind) this.#logger.info({ role: role.kind }, 'registry has a new role');
    this.#role = role;
    if (role.kind !== 'unknown') this.#tell();
  }

  #tell(): void {
    for (const settle of [...this.#waiting]) settle();
  }
}
