import type { RecordView } from '../../../../kafka/records/index.ts';
import { truth } from '../client-properties.ts';
import { ToolError } from '../errors.ts';
import type { Properties } from '../properties-file.ts';
import type { ConsumedRecord, Formatter } from './consumed-record.ts';
import { coordinatorFormatter } from './coordinator-formatter.ts';
import { type Deserializer, deserializerOf } from './deserializers.ts';

/** The formatter of this class name. Throws ToolError for an unknown one, and for properties that cannot be. */
export function formatterOf(className: string, properties: Properties): Formatter {
  switch (className.slice(className.lastIndexOf('.') + 1)) {
    case 'DefaultMessageFormatter':
      return new DefaultFormatter(properties);
    case 'LoggingMessageFormatter':
      return new DefaultFormatter(properties);
    case 'NoOpMessageFormatter':
      return { printsTimestamps: false, format: () => [] };
    case 'OffsetsMessageFormatter':
      return coordinatorFormatter('offsets');
    case 'GroupMetadataMessageFormatter':
      return coordinatorFormatter('group-metadata');
    case 'TransactionLogMessageFormatter':
      return coordinatorFormatter('transaction-log');
    default:
      throw new ToolError(
        `--formatter ${className}: there is no such formatter`,
        'java.lang.ClassNotFoundException',
      );
  }
}

class DefaultFormatter implements Formatter {
  readonly printsTimestamps: boolean;
  readonly #prints: (name: string) => boolean;
  readonly #keySeparator: Buffer;
  readonly #lineSeparator: Buffer;
  readonly #headersSeparator: Buffer;
  readonly #nullLiteral: Buffer;
  readonly #key: Deserializer;
  readonly #value: Deserializer;
  readonly #header: Deserializer;

  constructor(properties: Properties) {
    const printed = new Set(
      ['timestamp', 'partition', 'offset', 'epoch', 'headers', 'key', 'value'].filter((part) => {
        const name = `print.${part}`;
        return truth(name, (properties.get(name) ?? String(part === 'value')).trim());
      }),
    );
    const bytes = (name: string, standard: string) => Buffer.from(properties.get(name) ?? standard);
    this.#prints = (part) => printed.has(part);
    this.printsTimestamps = printed.has('timestamp');
    this.#keySeparator = bytes('key.separator', '\t');
    this.#lineSeparator = bytes('line.separator', '\n');
    this.#headersSeparator = bytes('headers.separator', ',');
    this.#nullLiteral = bytes('null.literal', 'null');
    this.#key = deserializerOf(properties.get('key.deserializer'));
    this.#value = deserializerOf(properties.get('value.deserializer'));
    this.#header = deserializerOf(
      properties.get('headers.deserializer') ?? properties.get('header.deserializer'),
    );
  }

  format({ record, partition, timestampType }: ConsumedRecord): readonly Uint8Array[] {
    const fields: (readonly Uint8Array[])[] = [];
    const text = (part: string, value: string) => {
      if (this.#prints(part)) fields.push([Buffer.from(value)]);
    };
    text('timestamp', record.timestamp < 0 ? 'NO_TIMESTAMP' : `${timestampType}:${record.timestamp}`);
    text('partition', `Partition:${partition}`);
    text('offset', `Offset:${record.offset}`);
    // What Kafka's tool prints, too: it hands records on without their epoch.
    text('epoch', 'Epoch:NOT_PRESENT');
    if (this.#prints('headers')) fields.push(this.#headers(record));
    if (this.#prints('key')) fields.push([this.#field(record.key, this.#key)]);
    if (this.#prints('value')) fields.push([this.#field(record.value, this.#value)]);
    return [
      ...fields.flatMap((field, at) => (at === 0 ? field : [this.#keySeparator, ...field])),
      this.#lineSeparator,
    ];
  }

  #headers(record: RecordView): readonly Uint8Array[] {
    const { headers } = record;
    if (headers.length === 0) return [Buffer.from('NO_HEADERS')];
    return headers.flatMap(({ key, value }, at) => [
      ...(at === 0 ? [] : [this.#headersSeparator]),
      Buffer.from(`${key}:`),
      this.#field(value, this.#header),
    ]);
  }

  #field(bytes: Buffer | null, deserialize: Deserializer): Uint8Array {
    return bytes === null ? this.#nullLiteral : deserialize(bytes);
  }
}
