import {
  type CoordinatorRecord,
  consumerProtocolAssignment,
  consumerProtocolSubscription,
  decodeExact,
  decodePrefix,
  groupRecords,
  type JsonObject,
  type MessageDefinition,
  metadataRecords,
  shareRecords,
  toJson,
  transactionRecords,
} from '../../../../kafka/protocol/index.ts';
import type { RecordView } from '../../../../kafka/records/index.ts';
import { deserializerOf } from '../console-consumer/deserializers.ts';
import { ToolError } from '../errors.ts';
import type { ToolArguments } from '../tool-options.ts';
import type { DumpLogOption } from './options.ts';

/** What is printed of a record; undefined: nothing. */
export interface ParsedRecord {
  readonly key: string | undefined;
  readonly payload: string | undefined;
}

/** Throws ToolError for a record that is not of its kind. */
export type RecordParser = (record: RecordView) => ParsedRecord;

const FRAME_VERSION = 1;

/** The parser that the command line asks for; undefined when it does not ask for what is in records. */
export function recordParser(args: ToolArguments<DumpLogOption>): RecordParser | undefined {
  if (args.has('offsets-decoder')) return coordinatorParser(groupRecords);
  if (args.has('transaction-log-decoder')) return coordinatorParser(transactionRecords);
  if (args.has('cluster-metadata-decoder')) return parseMetadata;
  if (args.has('share-group-state-decoder')) return coordinatorParser(shareRecords);
  const classes = ['key-decoder-class', 'value-decoder-class'] as const;
  if (!args.has('print-data-log') && !classes.some((option) => args.has(option))) return undefined;
  const [key, value] = classes.map((option) => decoder(args.text(option)));
  return (record) => ({ key: key?.(record.key), payload: value?.(record.value) });
}

function decoder(className = ''): (bytes: Buffer | null) => string | undefined {
  const name = className.slice(className.lastIndexOf('.') + 1);
  if (name === 'DefaultDecoder') return (bytes) => bytes?.toString('hex');
  if (!/^(String|Integer|Long)Decoder$/.test(name)) {
    throw new ToolError(`Failed to load decoder class ${className}`, 'java.lang.RuntimeException');
  }
  const read = deserializerOf(name.replace('Decoder', 'Deserializer'));
  return (bytes) => (bytes === null ? undefined : Buffer.from(read(bytes)).toString('utf8'));
}

/** Records of a coordinator: an int16 of type before the key, one of version before the value. */
function coordinatorParser(records: readonly CoordinatorRecord[]): RecordParser {
  return ({ offset, key, value }) => {
    if (key === null) {
      throw new ToolError(
        `Failed to decode message at offset ${offset} using the specified decoder (message had a missing key)`,
        'java.lang.RuntimeException',
      );
    }
    const type = key.length < 2 ? -1 : key.readInt16BE(0);
    const known = records.find((record) => record.type === type);
    if (known === undefined) {
      return { key: `Unknown record type ${type} at offset ${offset}, skipping.`, payload: undefined };
    }
    try {
      const keyData = toJson(known.key, 0, decodeExact(known.key, 0, key.subarray(2)) as object);
      const keyText = JSON.stringify({ type: String(type), data: keyData });
      return { key: keyText, payload: value === null ? '<DELETE>' : valueText(known.value, value) };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { key: `Error at offset ${offset}, skipping. ${reason}`, payload: undefined };
    }
  };
}

function valueText(definition: MessageDefinition, value: Buffer): string {
  const version = value.readInt16BE(0);
  const data = toJson(definition, version, decodeExact(definition, version, value.subarray(2)) as object);
  const shown = definition.name === 'GroupMetadataValue' ? withMembers(data) : data;
  return JSON.stringify({ version: String(version), data: shown });
}

/** What consumers told each other, opened as far as it is consumers'. */
function withMembers(data: JsonObject): JsonObject {
  const members = data['members'];
  if (data['protocolType'] !== 'consumer' || !Array.isArray(members)) return data;
  const opened = members.map((member) => ({
    ...(member as JsonObject),
    subscription: embedded(consumerProtocolSubscription, (member as JsonObject)['subscription']),
    assignment: embedded(consumerProtocolAssignment, (member as JsonObject)['assignment']),
  }));
  return { ...data, members: opened };
}

function embedded(definition: MessageDefinition, value: JsonObject[string] | undefined) {
  if (typeof value !== 'string') return value ?? null;
  try {
    const bytes = Buffer.from(value, 'base64');
    const version = Math.min(bytes.readInt16BE(0), definition.versions.last);
    return toJson(definition, version, decodePrefix(definition, version, bytes, 2).value as object);
  } catch {
    return value;
  }
}

/** Records of the metadata log: varints of frame version, type and version before the message (KIP-631). */
function parseMetadata({ offset, value }: RecordView): ParsedRecord {
  try {
    return { key: undefined, payload: metadataText(value ?? Buffer.alloc(0)) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { key: undefined, payload: `Error at ${offset}, skipping. ${reason}` };
  }
}

function metadataText(bytes: Buffer): string {
  const frame = unsignedVarint(bytes, 0);
  if (frame.value !== FRAME_VERSION) {
    throw new ToolError(
      `Could not deserialize metadata record due to unknown frame version ${frame.value}(only frame version 1 is supported)`,
    );
  }
  const type = unsignedVarint(bytes, frame.end);
  const version = unsignedVarint(bytes, type.end);
  const definition = metadataRecords.find(({ apiKey }) => apiKey === type.value);
  if (definition === undefined) throw new ToolError(`Unknown metadata id ${type.value}`);
  const message = decodeExact(definition, version.value, bytes.subarray(version.end)) as object;
  const data = toJson(definition, version.value, message);
  return JSON.stringify({ type: constantName(definition.name), version: version.value, data });
}

/** `FeatureLevelRecord` as `FEATURE_LEVEL_RECORD`. */
function constantName(name: string): string {
  return name.replace(/(?<=.)(?=[A-Z])/g, '_').toUpperCase();
}

function unsignedVarint(bytes: Buffer, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let at = start, shift = 0; at < bytes.length && shift < 35; at += 1, shift += 7) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, end: at + 1 };
  }
  throw new ToolError('Could not deserialize metadata record: it is cut off');
}
