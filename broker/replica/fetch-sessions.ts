import { ErrorCode } from '../../kafka/protocol/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Entropy } from '../../platform/entropy.ts';
import { FetchSession } from './fetch-session.ts';
import type { FetchResult, FetchTarget } from './fetch-target.ts';

const FINAL_EPOCH = -1;
const INITIAL_EPOCH = 0;

/** The session part of a Fetch request. */
export interface SessionRequest {
  readonly sessionId: number;
  readonly sessionEpoch: number;
  readonly usesTopicIds: boolean;
  readonly targets: readonly FetchTarget[];
  readonly forgotten: readonly FetchTarget[];
}

/** One fetch within, or without, a session. */
export interface FetchContext {
  readonly targets: readonly FetchTarget[];
  /** The results to send and the session id to send them under (0: no session). */
  finish(results: readonly FetchResult[]): {
    readonly sessionId: number;
    readonly results: readonly FetchResult[];
  };
}

/** The fetch sessions of a broker, at most `slots`; a new one takes the place of one unused for `evictionMs`. */
export class FetchSessions {
  readonly #clock: Clock;
  readonly #entropy: Entropy;
  readonly #slots: number;
  readonly #evictionMs: number;
  /** Least recently used first. */
  readonly #sessions = new Map<number, FetchSession>();

  constructor(clock: Clock, entropy: Entropy, limits: { slots: number; evictionMs: number }) {
    this.#clock = clock;
    this.#entropy = entropy;
    this.#slots = limits.slots;
    this.#evictionMs = limits.evictionMs;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** The context of a request, or the error code that answers it as a whole. */
  open(request: SessionRequest): FetchContext | number {
    const { sessionId, sessionEpoch } = request;
    if (sessionEpoch === FINAL_EPOCH || sessionEpoch === INITIAL_EPOCH) {
      this.#sessions.delete(sessionId);
      return sessionEpoch === FINAL_EPOCH ? sessionless(request.targets) : this.#fullContext(request);
    }
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return ErrorCode.FETCH_SESSION_ID_NOT_FOUND;
    if (session.epoch !== sessionEpoch) return ErrorCode.INVALID_FETCH_SESSION_EPOCH;
    if (session.usesTopicIds !== request.usesTopicIds) return ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR;
    return this.#incrementalContext(session, request);
  }

  #incrementalContext(session: FetchSession, request: SessionRequest): FetchContext {
    session.update(request.targets, request.forgotten);
    session.advance();
    session.lastUsedMs = this.#clock.now();
    this.#sessions.delete(session.id);
    if (session.size === 0) return sessionless(request.targets);
    this.#sessions.set(session.id, session);
    return {
      targets: session.targets,
      finish: (results) => ({ sessionId: session.id, results: session.select(results) }),
    };
  }

  /** The session begins with the answer, when there is room for it; a client works without one as well. */
  #fullContext(request: SessionRequest): FetchContext {
    return {
      targets: request.targets,
      finish: (results) => {
        if (!this.#makeRoom()) return { sessionId: 0, results };
        const session = new FetchSession(this.#newId(), request.usesTopicIds, this.#clock.now());
        session.begin(results);
        this.#sessions.set(session.id, session);
        return { sessionId: session.id, results };
      },
    };
  }

  #makeRoom(): boolean {
    if (this.#sessions.size < this.#slots) return true;
    for (const oldest of this.#sessions.values()) {
      if (this.#clock.now() - oldest.lastUsedMs < this.#evictionMs) return false;
      this.#sessions.delete(oldest.id);
      return true;
    }
    return false;
  }

  #newId(): number {
    for (;;) {
      const id = this.#entropy.u32() & 0x7fffffff;
      if (id !== 0 && !this.#sessions.has(id)) return id;
    }
  }
}

function sessionless(targets: readonly FetchTarget[]): FetchContext {
  return { targets, finish: (results) => ({ sessionId: 0, results }) };
}
