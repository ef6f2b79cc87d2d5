import { ErrorCode, errorOf } from '../../kafka/protocol/index.ts';
import { LatencyHistogram } from './latency-histogram.ts';

/** What is counted of the requests of one API. */
export interface ApiCounters {
  readonly name: string;
  /** Requests by version. */
  readonly requests: number[];
  /** Answers by error code; one answer may carry several. */
  readonly errors: Map<number, number>;
  /** From the arrival of the request to its answer being handed to the socket, ms. */
  readonly totalTime: LatencyHistogram;
}

/** Kafka's RequestMetrics: requests, errors and times of each API. */
export class RequestMetrics {
  readonly #apis: (ApiCounters | undefined)[] = [];

  /** Those that were asked for at least once. */
  get apis(): readonly ApiCounters[] {
    return this.#apis.filter((each) => each !== undefined);
  }

  /** The counters of an API; `name` is that of its request, `FetchRequest`. */
  of(apiKey: number, name: string): ApiCounters {
    const known = this.#apis[apiKey];
    if (known !== undefined) return known;
    const created: ApiCounters = {
      name: name.replace(/Request$/, ''),
      requests: [],
      errors: new Map(),
      totalTime: new LatencyHistogram(),
    };
    this.#apis[apiKey] = created;
    return created;
  }
}

/** One request of the version was answered. */
export function countAnswer(counters: ApiCounters, apiVersion: number, elapsedMs: number): void {
  counters.requests[apiVersion] = (counters.requests[apiVersion] ?? 0) + 1;
  counters.totalTime.observe(elapsedMs);
}

/** Counts every `errorCode` in an answer, NONE once when there is no other. */
export function countErrors(counters: ApiCounters, answer: object): void {
  if (!countIn(counters, answer)) countError(counters, ErrorCode.NONE);
}

function countError({ errors }: ApiCounters, errorCode: number): void {
  errors.set(errorCode, (errors.get(errorCode) ?? 0) + 1);
}

/** Kafka's name of an error code. */
export function errorNameOf(errorCode: number): string {
  return errorOf(errorCode)?.name ?? `UNKNOWN_${errorCode}`;
}

function countIn(counters: ApiCounters, value: object): boolean {
  if (Buffer.isBuffer(value)) return false;
  let hasError = false;
  for (const [name, part] of Object.entries(value)) {
    if (typeof part === 'object' && part !== null) hasError = countIn(counters, part) || hasError;
    else if (name === 'errorCode' && typeof part === 'number' && part !== ErrorCode.NONE) {
      countError(counters, part);
      hasError = true;
    }
  }
  return hasError;
}
