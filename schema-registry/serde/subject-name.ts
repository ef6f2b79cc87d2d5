import { SerializationError } from '../errors.ts';

/** What a subject's name is made of. `recordName` is undefined when the schema has no name. */
export interface SubjectNameParts {
  readonly topic: string;
  readonly isKey: boolean;
  readonly recordName: string | undefined;
}

/** Where the schemas of a topic live. Throws `SerializationError` when a part is missing. */
export type SubjectNameStrategy = (parts: SubjectNameParts) => string;

/** `<topic>-key` or `<topic>-value`: one schema per topic. The default. */
export const topicNameStrategy: SubjectNameStrategy = ({ topic, isKey }) =>
  `${topic}-${isKey ? 'key' : 'value'}`;

/** The record's full name: one schema per type of event, in whatever topic. */
export const recordNameStrategy: SubjectNameStrategy = ({ recordName }) => {
  if (recordName !== undefined && recordName !== '') return recordName;
  throw new SerializationError(
    'the schema has no name to make a subject of: give the record a name, or the JSON Schema a title',
  );
};

/** `<topic>-<record>`: several types of event in a topic, each with its own schema there. */
export const topicRecordNameStrategy: SubjectNameStrategy = (parts) =>
  `${parts.topic}-${recordNameStrategy(parts)}`;
