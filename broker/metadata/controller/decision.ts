import type { Entropy } from '../../../platform/entropy.ts';
import type { BrokerConfig, BrokerConfigLayers, ConfigTexts } from '../../config/index.ts';
import { RefusedError } from '../errors.ts';
import { brokerLayers, type MetadataImage } from '../image.ts';
import type { MetadataRecord } from '../record.ts';

/** What the controller would write, and what it answers once that is committed. Nothing has changed yet. */
export interface Decision<Response> {
  readonly records: readonly MetadataRecord[];
  readonly response: Response;
}

/** What a decision depends on. */
export interface ControllerContext {
  readonly image: MetadataImage;
  /** This node; its configs are the cluster's defaults. */
  readonly nodeId: number;
  /** The properties this node started with. */
  readonly properties: ConfigTexts;
  /** The typed configs now in force. */
  readonly config: BrokerConfig;
  /** For topic ids and the first replica of a topic. */
  readonly entropy: Entropy;
}

/** The layers topic configs are computed from. */
export function contextLayers(context: ControllerContext): BrokerConfigLayers {
  return brokerLayers(context.image, context.nodeId, context.properties);
}

/** Runs `decide`; a refusal becomes what `refuse` makes of its code and message. */
export function orRefusal<T, F>(decide: () => T, refuse: (error: RefusedError) => F): T | F {
  try {
    return decide();
  } catch (error) {
    if (error instanceof RefusedError) return refuse(error);
    throw error;
  }
}

/** Refuses when there are problems, naming the first, as Kafka does. */
export function refuseProblems(errorCode: number, [first]: readonly string[]): void {
  if (first !== undefined) throw new RefusedError(errorCode, first);
}

/** What occurs more than once. */
export function duplicates<T>(items: readonly T[]): ReadonlySet<T> {
  const seen = new Set<T>();
  return new Set(items.filter((item) => seen.has(item) || !seen.add(item)));
}
