import type { PolledRecords } from '../../kafka/client/index.ts';
import type { RecordHeader, RecordView } from '../../kafka/records/index.ts';
import type { ConnectRecord, ConverterSubject, Header, SchemaAndValue, SinkRecord } from '../plugin/index.ts';
import { makeHeader } from '../plugin/index.ts';
import { type Stage, StageError } from './errors.ts';
import type { RecordCodec } from './record-codec.ts';
import { transformName } from './source-encoder.ts';

const noHeaders: readonly Header[] = [];

/** A consumed record before anything was done to it. */
export interface Origin {
  readonly topic: string;
  readonly partition: number;
  readonly view: RecordView;
}

/** Turns what a consumer fetches into what a sink takes: converters, then transforms. */
export class SinkDecoder {
  readonly #codec: RecordCodec;

  constructor(codec: RecordCodec) {
    this.#codec = codec;
  }

  /**
   * What becomes of a record: none, one or several. A promise only when a converter has to wait. Throws, or rejects with,
   * {@link StageError}.
   */
  decode(view: RecordView, from: PolledRecords): readonly SinkRecord[] | Promise<readonly SinkRecord[]> {
    const { names } = this.#codec;
    let stage: Stage = 'HEADER_CONVERTER';
    let name = names.header;
    let record: ConnectRecord;
    try {
      const recordHeaders = view.headerCount === 0 ? undefined : view.headers;
      const headers = recordHeaders === undefined ? noHeaders : this.#headers(from.topic, recordHeaders);
      const subject = { topic: from.topic, headers, recordHeaders };
      stage = 'KEY_CONVERTER';
      name = names.key;
      const key = this.#codec.key.toConnectData(subject, view.key);
      if (key instanceof Promise) return this.#decodeLater(view, from, subject, key);
      stage = 'VALUE_CONVERTER';
      name = names.value;
      const value = this.#codec.value.toConnectData(subject, view.value);
      if (value instanceof Promise) return this.#finishLater(view, from, headers, key, value);
      record = sinkRecord(view, from, headers, key, value);
    } catch (error) {
      throw new StageError(stage, name, error);
    }
    return this.#transform(record);
  }

  async #decodeLater(
    view: RecordView,
    from: PolledRecords,
    subject: ConverterSubject,
    later: Promise<SchemaAndValue>,
  ): Promise<readonly SinkRecord[]> {
    const { names, value } = this.#codec;
    const key = await later.catch((error: unknown) => {
      throw new StageError('KEY_CONVERTER', names.key, error);
    });
    let converted: SchemaAndValue;
    try {
      converted = await value.toConnectData(subject, view.value);
    } catch (error) {
      throw new StageError('VALUE_CONVERTER', names.value, error);
    }
    return this.#transform(sinkRecord(view, from, subject.headers, key, converted));
  }

  async #finishLater(
    view: RecordView,
    from: PolledRecords,
    headers: readonly Header[],
    key: SchemaAndValue,
    later: Promise<SchemaAndValue>,
  ): Promise<readonly SinkRecord[]> {
    const value = await later.catch((error: unknown) => {
      throw new StageError('VALUE_CONVERTER', this.#codec.names.value, error);
    });
    return this.#transform(sinkRecord(view, from, headers, key, value));
  }

  #transform(record: ConnectRecord): readonly SinkRecord[] {
    try {
      // A sink record keeps its partition and offset through `newRecord`.
      return this.#codec.transforms.apply(record) as readonly SinkRecord[];
    } catch (error) {
      throw new StageError('TRANSFORMATION', transformName(error), error);
    }
  }

  #headers(topic: string, headers: readonly RecordHeader[]): Header[] {
    return headers.map(({ key, value }) =>
      makeHeader(key, this.#codec.header.toConnectHeader(topic, key, value)),
    );
  }
}

function sinkRecord(
  view: RecordView,
  { topic, partition }: PolledRecords,
  headers: readonly Header[],
  key: SchemaAndValue,
  value: SchemaAndValue,
): ConnectRecord {
  return {
    topic,
    partition,
    keySchema: key.schema,
    key: key.value,
    valueSchema: value.schema,
    value: value.value,
    timestamp: view.timestamp < 0 ? undefined : view.timestamp,
    headers,
    offset: view.offset,
  };
}
