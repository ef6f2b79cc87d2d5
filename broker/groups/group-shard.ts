import { ErrorCode, type JoinGroupResponse, type SyncGroupResponse } from '../../kafka/protocol/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { CommitQueue, type CommitTimeout } from '../coordinator/commit-queue.ts';
import { appendErrorOf, coordinatorErrorOf } from '../coordinator/errors.ts';
import type { TransactionalLog } from '../coordinator/ports.ts';
import type { TransactionMarker } from '../replica/transaction-marker.ts';
import { joinResponse, syncResponse } from './classic/responses.ts';
import { encodeGroupRecord } from './coordinator-record.ts';
import type { Answer, Decision, GroupTimer, TimerChange } from './decision.ts';
import type { GroupCoordinator } from './group-coordinator.ts';
import { GroupWaits, type ParkedRequests, type Resolve } from './group-waits.ts';

/** What a shard works with. */
export interface ShardOptions {
  readonly partition: number;
  readonly coordinator: GroupCoordinator;
  readonly log: TransactionalLog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly commitTimeout: CommitTimeout;
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
    this.#queue = new CommitQueue(options.clock, options.commitTimeout, options.onFailed);
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
    const errorCode = this.#append(decision);
    if (errorCode === ErrorCode.NONE) this.#apply(decision);
    return errorCode;
  }

  /**
   * Ends the transaction of a producer: its marker is written, and its offsets are committed or dropped. `done` gets
   * the error code of the append once the marker is committed.
   */
  completeTransaction(marker: TransactionMarker, done: (errorCode: number) => void): void {
    try {
      this.#queue.add(this.#options.log.appendMarker(this.#options.partition, marker));
    } catch (error) {
      done(appendErrorOf(error));
      return;
    }
    this.coordinator.completeTransaction(marker.producerId, marker.result);
    this.#queue.after((error) => done(error === undefined ? ErrorCode.NONE : appendErrorOf(error)));
  }

  /** Ends the shard: whoever waits gets the error. Resolves when no append of it is under way any more. */
  close(error: unknown): Promise<void> {
    const errorCode = coordinatorErrorOf(error);
    const closed = this.#queue.close(error);
    for (const waits of this.#waits.values()) {
      waits.cancelAll();
      for (const [memberId, resolve] of waits.joins.takeAll()) resolve(joinResponse(memberId, { errorCode }));
      for (const [, resolve] of waits.syncs.takeAll()) resolve(syncResponse({ errorCode }));
    }
    this.#waits.clear();
    return closed;
  }

  #park<Response>(
    decision: Decision<Response | undefined>,
    how: {
      readonly failed: (errorCode: number) => Response;
      readonly requests: (waits: GroupWaits) => ParkedRequests<Response>;
    },
  ): Promise<Response> {
    const { response, parking } = decision;
    if (response !== undefined) return this.respond({ ...decision, response }, how.failed);
    return new Promise((resolve) => {
      const errorCode = this.#append(decision);
      const isRefused = errorCode !== ErrorCode.NONE;
      if (parking === undefined || (isRefused && decision.refused === undefined)) {
        resolve(how.failed(errorCode));
        return;
      }
      // Parked first: what follows may answer this very request.
      how.requests(this.#waitsOf(decision.groupId)).park(parking.memberId, resolve);
      if (!isRefused) this.#apply(decision);
      else if (decision.refused !== undefined) this.execute(decision.refused(errorCode));
    });
  }

  #append({ records, transaction, groupId }: Decision<unknown>): number {
    if (records.length === 0) return ErrorCode.NONE;
    const { partition, log, logger } = this.#options;
    try {
      const encoded = records.map(encodeGroupRecord);
      const append =
        transaction === undefined
          ? log.append(partition, encoded)
          : log.appendTransactional(partition, transaction, encoded);
      this.#queue.add(append);
      return ErrorCode.NONE;
    } catch (error) {
      logger.warn({ error, group: groupId }, 'group records were refused');
      return coordinatorErrorOf(error);
    }
  }

  #apply(decision: Decision<unknown>): void {
    const { groupId } = decision;
    this.coordinator.apply(decision);
    for (const { message, fields } of decision.events) this.#options.logger.info(fields, message);
    const waits = this.#waitsOf(groupId);
    for (const change of decision.timers) this.#change(groupId, waits, change);
    for (const answer of decision.answers) this.#answer(waits, answer);
    if (!this.coordinator.groups.has(groupId)) waits.cancelAll();
    if (waits.isIdle) this.#waits.delete(groupId);
  }

  #change(groupId: string, waits: GroupWaits, { timer, delayMs, unlessRunning }: TimerChange): void {
    if (delayMs === undefined) waits.cancel(timer);
    else if (!unlessRunning || !waits.isRunning(timer))
      waits.schedule(timer, delayMs, () => this.#expire(groupId, timer));
  }

  #expire(groupId: string, timer: GroupTimer): void {
    const errorCode = this.execute(this.coordinator.expire(groupId, timer, this.#options.clock.now()));
    // What the timer stands for is still due.
    if (errorCode !== ErrorCode.NONE)
      this.#change(groupId, this.#waitsOf(groupId), { timer, delayMs: RETRY_MS });
  }

  #answer(waits: GroupWaits, answer: Answer): void {
    const { memberId } = answer;
    if (answer.kind === 'join') {
      const failed = (errorCode: number) => joinResponse(memberId, { errorCode });
      this.#release(waits.joins.take(memberId), answer.response, failed);
    } else {
      const failed = (errorCode: number) => syncResponse({ errorCode });
      this.#release(waits.syncs.take(memberId), answer.response, failed);
    }
  }

  #release<Response>(
    resolves: readonly Resolve<Response>[],
    response: Response,
    failed: (errorCode: number) => Response,
  ): void {
    if (resolves.length === 0) return;
    this.#queue.after((error) => {
      const released = error === undefined ? response : failed(coordinatorErrorOf(error));
      for (const resolve of resolves) resolve(released);
    });
  }

  #waitsOf(groupId: string): GroupWaits {
    const known = this.#waits.get(groupId);
    if (known !== undefined) return known;
    const waits = new GroupWaits(this.#options.clock);
    this.#waits.set(groupId, waits);
    return waits;
  }
}
