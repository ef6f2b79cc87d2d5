/** {@link RequestContext.clientHost} of clients in the broker's own process, which do not outlive it. */
export const IN_PROCESS_HOST = '/in-process';

/** Who sends a request, and in which version. */
export interface RequestContext {
  readonly apiVersion: number;
  /** Empty when the request header has none. */
  readonly clientId: string;
  /** As Kafka shows and records it: `/` and the address, `/127.0.0.1`. */
  readonly clientHost: string;
}
