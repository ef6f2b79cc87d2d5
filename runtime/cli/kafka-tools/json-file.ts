import type { TopicPartition } from '../../../kafka/client/index.ts';
import type { Files } from '../../../platform/files.ts';
import { hasCode } from '../../../platform/system-error.ts';
import { ToolError } from './errors.ts';

const MAPPING_ERROR = 'com.fasterxml.jackson.databind.JsonMappingException';
const INVALID = new ToolError(
  'The input string is not a valid JSON',
  'org.apache.kafka.tools.AdminOperationException',
);

/** A partition of the file, with the other fields that were asked for. */
export type ListedPartition<Field extends string> = TopicPartition & { readonly [F in Field]: number };

/**
 * Reads `{"partitions": [{"topic": ..., "partition": ..., ...}], "version": 1}`, as several tools take it, with the
 * number `fields` of each. Throws ToolError for a file that is not there or not of this form.
 */
export function readPartitionFile<Field extends string = never>(
  path: string,
  files: Files,
  fields: readonly Field[] = [],
): readonly ListedPartition<Field>[] {
  const document = parse(readFile(path, files));
  const version = document['version'] ?? 1;
  if (version !== 1) {
    throw new ToolError(
      `Not supported version field value ${String(version)}`,
      'org.apache.kafka.tools.AdminOperationException',
    );
  }
  const partitions = document['partitions'];
  if (!Array.isArray(partitions)) {
    throw new ToolError('Missing partitions field', 'org.apache.kafka.tools.AdminOperationException');
  }
  return partitions.map((item: unknown) => {
    if (typeof item !== 'object' || item === null) throw INVALID;
    const values = item as Readonly<Record<string, unknown>>;
    const numbers = ['partition', ...fields].map((field) => [field, numberOf(values, field)]);
    return { topic: textOf(values, 'topic'), ...Object.fromEntries(numbers) } as ListedPartition<Field>;
  });
}

function readFile(path: string, files: Files): string {
  try {
    return files.readFile(path).toString('utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) throw new ToolError(`Unable to read file ${path}`, 'java.io.IOException');
    throw error;
  }
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document === 'object' && document !== null) return document as Record<string, unknown>;
  } catch {
    // Told below.
  }
  throw INVALID;
}

function textOf(values: Readonly<Record<string, unknown>>, field: string): string {
  const value = fieldOf(values, field);
  if (typeof value === 'string') return value;
  throw new ToolError(`Expected \`String\` value, received ${JSON.stringify(value)}`, MAPPING_ERROR);
}

function numberOf(values: Readonly<Record<string, unknown>>, field: string): number {
  const value = fieldOf(values, field);
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new ToolError(`Expected \`Number\` value, received ${JSON.stringify(value)}`, MAPPING_ERROR);
}

function fieldOf(values: Readonly<Record<string, unknown>>, field: string): unknown {
  if (!Object.hasOwn(values, field)) {
    throw new ToolError(`No such field exists: \`${field}\``, MAPPING_ERROR);
  }
  return values[field];
}
