import type { ProducerRecord } from '../../kafka/client/index.ts';
import type { HeaderInput, RecordContent } from '../../kafka/records/index.ts';
import {
  type ConnectRecord,
  type ConverterSubject,
  connectRecord,
  DataError,
  type SourceRecord,
} from '../plugin/index.ts';
import { type Stage, StageError } from './errors.ts';
import type { RecordCodec } from './record-codec.ts';

const noHeaders: readonly HeaderInput[] = [];

/** Turns what a source gives into what a producer takes: transforms, then converters. */
export class SourceEncoder {
  readonly #codec: RecordCodec;
  readonly #topic: string;

  /** `topic`: for records that name none. */
  constructor(codec: RecordCodec, topic: string) {
    this.#codec = codec;
    this.#topic = topic;
  }

  /**
   * Appends to `encoded` what becomes of a record: none, one or several. A promise only when a converter has to wait.
   * Throws, or rejects with, {@link StageError}; then nothing was appended.
   */
  encode(record: SourceRecord, encoded: ProducerRecord[]): void | Promise<void> {
    const records = this.#transform(record);
    const single = records[0];
    if (records.length === 1 && single !== undefined) {
      const result = this.#convert(single);
      if (!(result instanceof Promise)) {
        encoded.push(result);
        return;
      }
      return result.then((each) => {
        encoded.push(each);
      });
    }
    return records.length === 0 ? undefined : this.#encodeAll(records, encoded);
  }

  async #encodeAll(records: readonly ConnectRecord[], encoded: ProducerRecord[]): Promise<void> {
    const results: ProducerRecord[] = [];
    for (const record of records) results.push(await this.#convert(record));
    encoded.push(...results);
  }

  #transform(record: SourceRecord): readonly ConnectRecord[] {
    try {
      return this.#codec.transforms.apply(connectRecord(record, this.#topic));
    } catch (error) {
      throw new StageError('TRANSFORMATION', transformName(error), error);
    }
  }

  #convert(record: ConnectRecord): ProducerRecord | Promise<ProducerRecord> {
    const { key, value, names } = this.#codec;
    let stage: Stage = 'KAFKA_PRODUCE';
    let name = 'producer';
    try {
      requireSendable(record);
      stage = 'HEADER_CONVERTER';
      name = names.header;
      const addsHeaders = key.addsHeaders || value.addsHeaders;
      const headers = record.headers.length === 0 && !addsHeaders ? noHeaders : this.#headers(record);
      const subject = addsHeaders ? subjectAddingTo(record, headers) : record;
      stage = 'KEY_CONVERTER';
      name = names.key;
      const keyBytes = key.toContent(subject, record.keySchema, record.key);
      if (keyBytes instanceof Promise) return this.#convertLater(record, subject, keyBytes, headers);
      stage = 'VALUE_CONVERTER';
      name = names.value;
      const valueBytes = value.toContent(subject, record.valueSchema, record.value);
      if (valueBytes instanceof Promise) return this.#finishLater(record, keyBytes, valueBytes, headers);
      return producerRecord(record, keyBytes, valueBytes, headers);
    } catch (error) {
      throw new StageError(stage, name, error);
    }
  }

  async #convertLater(
    record: ConnectRecord,
    subject: ConverterSubject,
    later: Promise<RecordContent>,
    headers: readonly HeaderInput[],
  ): Promise<ProducerRecord> {
    const { value, names } = this.#codec;
    const keyBytes = await later.catch((error: unknown) => {
      throw new StageError('KEY_CONVERTER', names.key, error);
    });
    try {
      const valueBytes = await value.toContent(subject, record.valueSchema, record.value);
      return producerRecord(record, keyBytes, valueBytes, headers);
    } catch (error) {
      throw new StageError('VALUE_CONVERTER', names.value, error);
    }
  }

  async #finishLater(
    record: ConnectRecord,
    keyBytes: RecordContent,
    later: Promise<RecordContent>,
    headers: readonly HeaderInput[],
  ): Promise<ProducerRecord> {
    const valueBytes = await later.catch((error: unknown) => {
      throw new StageError('VALUE_CONVERTER', this.#codec.names.value, error);
    });
    return producerRecord(record, keyBytes, valueBytes, headers);
  }

  #headers({ topic, headers }: ConnectRecord): HeaderInput[] {
    return headers.map((header) => ({
      key: header.key,
      value: this.#codec.header.fromConnectHeader(topic, header),
    }));
  }
}

/** What converters get that name their schema in a header. */
function subjectAddingTo(
  { topic, headers: connectHeaders }: ConnectRecord,
  headers: readonly HeaderInput[],
): ConverterSubject {
  const list = headers as HeaderInput[];
  return { topic, headers: connectHeaders, addHeader: (key, value) => list.push({ key, value }) };
}

/** Name of the transform that failed, for messages. */
export function transformName(error: unknown): string {
  return error instanceof Error && 'className' in error ? String(error.className) : 'transforms';
}

function requireSendable({ topic, timestamp }: ConnectRecord): void {
  if (topic === '') {
    throw new DataError('The record has no topic: let the source or a transform set it, or set topic.');
  }
  if (timestamp !== undefined && timestamp < 0) throw new DataError(`Invalid record timestamp ${timestamp}`);
}

function producerRecord(
  { topic, partition, timestamp }: ConnectRecord,
  key: RecordContent,
  value: RecordContent,
  headers: readonly HeaderInput[],
): ProducerRecord {
  return { topic, partition, key, value, headers, timestamp };
}
