import {
  decodeExact,
  groupRecords,
  type MessageDefinition,
  toJson,
  transactionRecords,
} from '../../../../kafka/protocol/index.ts';
import type { ConsumedRecord, Formatter } from './consumed-record.ts';

/** Which records of Kafka's own topics are printed: their types. */
const kinds = {
  offsets: { records: groupRecords, types: [0, 1] },
  'group-metadata': { records: groupRecords, types: [2] },
  'transaction-log': { records: transactionRecords, types: [0] },
} as const;

/** Prints records of `__consumer_offsets` or `__transaction_state` as JSON, one after another, and no others. */
export function coordinatorFormatter(kind: keyof typeof kinds): Formatter {
  const { records, types } = kinds[kind];
  return {
    printsTimestamps: false,
    format({ record: { key, value } }: ConsumedRecord) {
      if (key === null || key.length < 2) return [];
      const type = key.readInt16BE();
      const known = records.find((each) => each.type === type);
      if (known === undefined || !(types as readonly number[]).includes(type)) return [];
      const printed = {
        key: { type, data: dataOf(known.key, 0, key) },
        value: value === null || value.length < 2 ? null : versioned(known.value, value),
      };
      return [Buffer.from(JSON.stringify(printed))];
    },
  };
}

function versioned(definition: MessageDefinition, bytes: Buffer): object {
  const version = bytes.readInt16BE();
  return { version, data: dataOf(definition, version, bytes) };
}

/** The message behind the int16 that every coordinator record begins with. */
function dataOf(definition: MessageDefinition, version: number, bytes: Buffer): unknown {
  try {
    return toJson(definition, version, decodeExact(definition, version, bytes.subarray(2)) as object);
  } catch {
    return 'unknown';
  }
}
