import { ErrorCode, type JoinGroupResponse, type SyncGroupResponse } from '../../kafka/protocol/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { joinResponse, syncResponse } from './classic/responses.ts';
import { CommitQueue } from './commit-queue.ts';
import { encodeGroupRecord } from './coordinator-record.ts';
import type { Answer, Decision, GroupTimer, TimerChange } from './decision.ts';
import { coordinatorErrorOf } from './errors.ts';
import type { GroupCoordinator } from './group-coordinator.ts';
import { GroupWaits, type Resolve } from './group-waits.ts';
import type { CoordinatorLog } from './ports.ts';

/** What a shard works with. */
export interface ShardOptions {
  readonly partition: number;
  readonly coordinator: GroupCoordinator;
  readonly log: CoordinatorLog;
  readonly clock: Clock;
  readonly logger: Logger;
  /** `offsets.commit.timeout.ms` */
  readonly commitTimeoutMs: number;
  /** Called once when an append failed: the state may be ahead of the log, and the shard has to be replaced. */
  readonly onFailed: (error: unknown) => void;
}

/** After a timer whose records the log refused. */
const RETRY_MS = 500;

/**
 * Carries out the decisions of one coordinator: appends their records, keeps their timers, parks requests and
 * releases responses once the log has committed what they rest on.
 */
export class GroupShard {
  readonly coordinator: GroupCoordinator;
  readonly #options: ShardOptions;
  readonly #queue: CommitQueue;
  readonly #waits = new Map<string, GroupWaits>();

  constructor(options: ShardOptions) {
    this.coordinator = options.coordinator;
    this.#options = options;
    this.#queue = new CommitQueue(options.clock, options.commitTimeoutMs, options.onFailed);
  }

  /** Starts the timers of a coordinator that has just been loaded. */
  start(): void {
    for (const decision of this.coordinator.loaded(this.#options.clock.now())) this.execute(decision);
  }

  /** Carries out a decision that is answered at once. `failed` makes the answer when its records are not stored. */
  respond<Response>(
    decision: Decision<Response>,
    failed: (errorCode: number) => Response,
  ): Promise<Response> {
    return new Promise((resolve) => {
      const errorCode = this.execute(decision);
      if (errorCode !== ErrorCode.NONE) resolve(failed(errorCode));
      else this.#release([resolve], decision.response, failed);
    });
  }

  /** Carries out the decision on a JoinGroup, which may have to wait. */
  join(decision: Decision<JoinGroupResponse | undefined>, memberId: string): Promise<JoinGroupResponse> {
    const failed = (errorCode: number) => joinResponse(memberId, { errorCode });
    return this.#park(decision, { failed, requests: (waits) => waits.joins });
  }

  /** Carries out the decision on a SyncGroup, which may have to wait. */
  sync(decision: Decision<SyncGroupResponse | undefined>): Promise<SyncGroupResponse> {
    const failed = (errorCode: number) => syncResponse({ errorCode });
    return this.#park(decision, { failed, requests: (waits) => waits.syncs });
  }

  /** Carries out a decision that nobody waits for. Returns the error when the log refused it: nothing changed then. */
  execute(decision: Decision<unknown>): number {
    const { partition, log } = this.#options;
    if (decision.records.length > 0) {
      try {
        this.#queue.add(log.append(partition, decision.records.map(encodeGroupRecord)));
      } catch (error) {
        this.#options.logger.warn({ error, group: decision.groupId }, 'group records were refused');
        return coordinatorErrorOf(error);
      }
    }
    this.coordinator.apply(decision);
    this.#follow(decision);
    return ErrorCode.NONE;
  }

  /** Ends the shard: whoever waits is told to look for the coordinator elsewhere. */
  close(error: unknown): void {
    const errorCode = coordinatorErrorOf(error);
    this.#queue.close(error);
    for (const waits of this.#waits.values()) {
      waits.cancelAll();
      for (const [memberId, resolve] of waits.joins.takeAll()) resolve(joinResponse(memberId, { errorCode }));
      for (const [, resolve] of waits.syncs.takeAll()) resolve(syncResponse({ errorCode }));
    }
    this.#waits.clear();
  }

  #park<Response>(
    decision: Decision<Response | undefined>,
    how: {
      readonly failed: (errorCode: number) => Response;
      readonly requests: (waits: GroupWaits) => { park(memberId: string, resolve: Resolve<Response>): void };
    },
  ): Promise<Response> {
    const { response, parking } = decision;
    if (response !== undefined) return this.respond({ ...decision, response }, how.failed);
    return new Promise((resolve) => {
      // Parked first: the decision may answer this very request.
      const waits = this.#waitsOf(decision.groupId);
      if (parking !== undefined) how.requests(waits).park(parking.memberId, resolve);
      const errorCode = this.execute(decision);
      if (errorCode === ErrorCode.NONE) return;
      if (decision.refused !== undefined) this.execute(decision.refused(errorCode));
      // TODO-REPLACED
    });
  }
}
