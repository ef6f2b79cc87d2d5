import { SerializationError } from '../errors.ts';
import type { RegistryClient } from './registry-client.ts';

/** What a subject's name is made of. `recordName` is undefined when the schema has no name. */
export interface SubjectNameParts {
  readonly topic: string;
  readonly isKey: boolean;
  readonly recordName: string | undefined;
  /** For strategies that ask the registry. */
  readonly client?: Pick<RegistryClient, 'associatedSubjects'>;
}

/** Where the schemas of a topic live. Throws or rejects with `SerializationError` when a part is missing. */
export type SubjectNameStrategy = (parts: SubjectNameParts) => string | Promise<string>;

/** `<topic>-key` or `<topic>-value`: one schema per topic. */
export const topicNameStrategy = ({ topic, isKey }: SubjectNameParts): string =>
  `${topic}-${isKey ? 'key' : 'value'}`;

/** The record's full name: one schema per type of event, in whatever topic. */
export const recordNameStrategy = ({ recordName }: SubjectNameParts): string => {
  if (recordName !== undefined && recordName !== '') return recordName;
  throw new SerializationError(
    'the schema has no name to make a subject of: give the record a name, or the JSON Schema a title',
  );
};

/** `<topic>-<record>`: several types of event in a topic, each with its own schema there. */
export const topicRecordNameStrategy = (parts: SubjectNameParts): string =>
  `${parts.topic}-${recordNameStrategy(parts)}`;

/**
 * The subject that the registry associates with the topic, else {@link topicNameStrategy}'s: what Confluent's clients do since
 * release 8.3, and the default. Rejects when there are several, and as the client.
 */
export const associatedNameStrategy: SubjectNameStrategy = (parts) =>
  associatedOr(topicNameStrategy, '-', parts);

/** {@link associatedNameStrategy} for one Kafka cluster, or with another strategy behind it. */
export function associatedNameStrategyOf(options: {
  /** As `/v1/metadata/id` tells it; by default any. */
  readonly kafkaClusterId?: string;
  readonly otherwise?: SubjectNameStrategy;
}): SubjectNameStrategy {
  const { kafkaClusterId = '-', otherwise = topicNameStrategy } = options;
  return (parts) => associatedOr(otherwise, kafkaClusterId, parts);
}

async function associatedOr(
  otherwise: SubjectNameStrategy,
  clusterId: string,
  parts: SubjectNameParts,
): Promise<string> {
  const { topic, isKey, client } = parts;
  const subjects = (await client?.associatedSubjects?.(clusterId, topic, isKey ? 'key' : 'value')) ?? [];
  const [subject] = subjects;
  if (subject === undefined) return otherwise(parts);
  if (subjects.length === 1) return subject;
  throw new SerializationError(
    `the registry associates several subjects with the topic ${topic}: ${subjects.join(', ')}`,
  );
}

/** Where an imported schema is registered: Protobuf's `reference.subject.name.strategy`. */
export type ReferenceSubjectNameStrategy = (reference: {
  readonly name: string;
  readonly topic: string;
  readonly isKey: boolean;
}) => string;

/** The reference's name as it is. The default. */
export const defaultReferenceSubjectNameStrategy: ReferenceSubjectNameStrategy = ({ name }) => name;

/** The name without `.proto`, with dots for slashes: `mypackage/myfile.proto` is `mypackage.myfile`. */
export const qualifiedReferenceSubjectNameStrategy: ReferenceSubjectNameStrategy = ({ name }) =>
  name.replace(/\.proto$/, '').replaceAll('/', '.');
