import type { Encodable, MessageDefinition, MessageOf } from '../../kafka/protocol/index.ts';
import type { RequestContext } from './request-context.ts';

/** Answers a request; called once. `undefined` sends nothing (Produce with acks=0); an error closes the connection. */
export type Respond<R> = (response: R | undefined | Error) => void;

/** One API that the broker serves: its messages, and what answers them. */
export interface Api {
  readonly request: MessageDefinition;
  readonly response: MessageDefinition;
  /**
   * Whether the next request of the same connection may begin before this one is answered. Kafka has one request at
   * a time in work; appends alone may overlap, since they are ordered by the log.
   */
  readonly overlaps: boolean;
  /** `request` is the decoded body. */
  handle(request: unknown, context: RequestContext, respond: Respond<object>): void;
}

/** An API that is answered by a function's result or promise. */
export function api<Q extends MessageDefinition, R extends MessageDefinition>(
  request: Q,
  response: R,
  answer: (request: MessageOf<Q>, context: RequestContext) => Encodable<R> | Promise<Encodable<R>>,
): Api {
  return {
    request,
    response,
    overlaps: false,
    handle(body, context, respond) {
      const answered = answer(body as MessageOf<Q>, context);
      if (answered instanceof Promise) answered.then(respond, respond);
      else respond(answered);
    },
  };
}

/** An API that answers when it can, by calling `respond`: for requests that wait, and for hot paths. */
export function parkingApi<Q extends MessageDefinition, R extends MessageDefinition>(
  request: Q,
  response: R,
  options: { readonly overlaps: boolean },
  handle: (request: MessageOf<Q>, context: RequestContext, respond: Respond<Encodable<R>>) => void,
): Api {
  return {
    request,
    response,
    overlaps: options.overlaps,
    handle: (body, context, respond) => handle(body as MessageOf<Q>, context, respond),
  };
}
