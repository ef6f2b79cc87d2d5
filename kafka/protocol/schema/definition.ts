import type { Fields, StructInput, StructOf } from './field.ts';
import { parseVersions, type VersionRange } from './version-range.ts';

/** What a definition describes; the words are those of Kafka's own definitions. */
export type MessageKind =
  | 'request'
  | 'response'
  | 'header'
  | 'data'
  | 'metadata'
  | 'coordinator-key'
  | 'coordinator-value';

/** Where Kafka answers a request: on brokers, on controllers. */
export type ListenerType = 'broker' | 'controller';

/** A message of Kafka's protocol or of its logs: fields, and the versions that have them. */
export interface MessageDefinition<F extends Fields = Fields> {
  readonly kind: MessageKind;
  readonly name: string;
  /** The API key of a request or response, or the type id of a record; -1 for data without one. */
  readonly apiKey: number;
  readonly versions: VersionRange;
  /** Versions with compact lengths and tagged fields. */
  readonly flexibleVersions: VersionRange;
  readonly listeners: readonly ListenerType[];
  /** Whether Kafka 4.3 still treats the last version as unstable and does not advertise it. */
  readonly isLatestVersionUnstable: boolean;
  readonly fields: F;
}

/** A definition as it is written down. */
interface MessageSpec<F extends Fields> {
  readonly name: string;
  readonly apiKey?: number;
  readonly versions: string;
  readonly flexible: string;
  readonly listeners?: readonly ListenerType[];
  readonly latestVersionUnstable?: boolean;
  readonly fields: F;
}

/** What decoding a message gives: all fields, those that the version lacks at their default. */
export type MessageOf<D> = D extends MessageDefinition<infer F> ? StructOf<F> : never;

/** What encoding a message takes: fields that have a default, a tag or not all versions may be left out. */
export type Encodable<D> = D extends MessageDefinition<infer F> ? StructInput<F> : never;

/** The element type of a message's array field, null aside: `Element<FetchRequest['topics']>`. */
export type Element<A> = NonNullable<A> extends readonly (infer E)[] ? E : never;

function definition(kind: MessageKind) {
  return <const F extends Fields>(spec: MessageSpec<F>): MessageDefinition<F> => ({
    kind,
    name: spec.name,
    apiKey: spec.apiKey ?? -1,
    versions: parseVersions(spec.versions),
    flexibleVersions: parseVersions(spec.flexible),
    listeners: spec.listeners ?? [],
    isLatestVersionUnstable: spec.latestVersionUnstable ?? false,
    fields: spec.fields,
  });
}

/** What a client asks. */
export const request = definition('request');
/** The answer to the request of the same API key. */
export const response = definition('response');
/** What precedes a request or response in its frame. */
export const header = definition('header');
/** A message inside another, in a control record or in a file. */
export const data = definition('data');
/** A record of the metadata log or of tiered storage. */
export const metadataRecord = definition('metadata');
/** The key of a record that a coordinator writes. */
export const coordinatorKey = definition('coordinator-key');
/** The value of a record that a coordinator writes. */
export const coordinatorValue = definition('coordinator-value');
