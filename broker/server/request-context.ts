import type { Endpoint } from '../../platform/net.ts';

/** Name of the listener for clients in the broker's own process. */
export const IN_PROCESS_LISTENER = 'IN_PROCESS';

/** How clients reach this broker through one of its listeners. */
export interface BrokerListener {
  /** As in `listeners`: `PLAINTEXT`, ... */
  readonly name: string;
  /** What is told to clients that came in through this listener. */
  readonly advertised: Endpoint;
}

/** What a handler may know of a request besides its body. */
export interface RequestContext {
  readonly apiVersion: number;
  /** Empty when the client sent none. */
  readonly clientId: string;
  /** Address of the client. */
  readonly clientHost: string;
  readonly listener: BrokerListener;
  /** True when slices of the request's bytes may be kept; otherwise they must be copied before the handler returns. */
  readonly ownsBytes: boolean;
  /** The handler has no more use for the request's bytes, nor has anyone that it gave them to: others may have them. */
  releaseBytes(): void;
  /** Memory of at least `bytes` for parts of the answer, taken back once that has been sent. */
  readonly allocate: (bytes: number) => Buffer;
  /** Calls `callback` when the client goes away. The function returned takes that back: call it when answering. */
  onDisconnect(callback: () => void): () => void;
}
