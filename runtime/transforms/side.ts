import { type ConnectRecord, type Schema, type Value, withKey, withValue } from '../data/index.ts';

/** Which half of a record a transform works on. */
export interface Side {
  readonly name: 'Key' | 'Value';
  schemaOf(record: ConnectRecord): Schema | undefined;
  valueOf(record: ConnectRecord): Value;
  /** A copy of the record with that half replaced. */
  replace(record: ConnectRecord, schema: Schema | undefined, value: Value): ConnectRecord;
}

/** Key and value of a record, for transforms that Connect has for both. */
export const sides: readonly [key: Side, value: Side] = [
  {
    name: 'Key',
    schemaOf: (record) => record.keySchema,
    valueOf: (record) => record.key,
    replace: withKey,
  },
  {
    name: 'Value',
    schemaOf: (record) => record.valueSchema,
    valueOf: (record) => record.value,
    replace: withValue,
  },
];

/**
 * Names of a built-in transform. On the value: `insert-field`; on the key: `insert-field-key`; both also by Kafka's class
 * names, in full and in short.
 */
export function namesOf(
  className: string,
  side?: Side,
): { readonly name: string; readonly aliases: readonly string[] } {
  const kebab = className.replaceAll(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
  const javaName = side === undefined ? className : `${className}$${side.name}`;
  return {
    name: side?.name === 'Key' ? `${kebab}-key` : kebab,
    aliases: [`org.apache.kafka.connect.transforms.${javaName}`],
  };
}
