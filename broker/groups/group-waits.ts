import type { JoinGroupResponse, SyncGroupResponse } from '../../kafka/protocol/index.ts';
import type { Clock, Timer } from '../../platform/clock.ts';
import type { GroupTimer } from './decision.ts';

/** Takes the response of a parked request. */
export type Resolve<Response> = (response: Response) => void;

/**
 * What runs beside the state of a group: its timers, and the requests of its members that are parked. A member that
 * sent the same request twice, over two connections, has both parked and gets both answered.
 */
export class GroupWaits {
  readonly #clock: Clock;
  readonly #timers = new Map<string, Timer>();
  readonly joins = new ParkedRequests<JoinGroupResponse>();
  readonly syncs = new ParkedRequests<SyncGroupResponse>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isIdle(): boolean {
    return this.#timers.size === 0 && this.joins.isEmpty && this.syncs.isEmpty;
  }

  /** Starts a timer anew. */
  schedule(timer: GroupTimer, delayMs: number, fire: () => void): void {
    const key = timerKey(timer);
    this.#timers.get(key)?.cancel();
    const running = this.#clock.timer(delayMs, () => {
      // Fails when the timer was started anew in the meantime.
      if (this.#timers.get(key) !== running) return;
      this.#timers.delete(key);
      fire();
    });
    this.#timers.set(key, running);
  }

  isRunning(timer: GroupTimer): boolean {
    return this.#timers.has(timerKey(timer));
  }

  cancel(timer: GroupTimer): void {
    const key = timerKey(timer);
    this.#timers.get(key)?.cancel();
    this.#timers.delete(key);
  }

  cancelAll(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}

/** Parked requests of one kind, by member id. Each is answered exactly once: taking it out is the only way to it. */
export class ParkedRequests<Response> {
  readonly #byMember = new Map<string, Resolve<Response>[]>();

  get isEmpty(): boolean {
    return this.#byMember.size === 0;
  }

  park(memberId: string, resolve: Resolve<Response>): void {
    const parked = this.#byMember.get(memberId);
    if (parked === undefined) this.#byMember.set(memberId, [resolve]);
    else parked.push(resolve);
  }

  /** Takes the requests of a member out. */
  take(memberId: string): readonly Resolve<Response>[] {
    const parked = this.#byMember.get(memberId) ?? [];
    this.#byMember.delete(memberId);
    return parked;
  }

  /** Takes all out, with the ids of their members. */
  takeAll(): readonly (readonly [string, Resolve<Response>])[] {
    const all = [...this.#byMember].flatMap(([memberId, parked]) =>
      parked.map((resolve) => [memberId, resolve] as const),
    );
    this.#byMember.clear();
    return all;
  }
}

function timerKey(timer: GroupTimer): string {
  return 'memberId' in timer ? `${timer.kind} ${timer.memberId}` : timer.kind;
}
