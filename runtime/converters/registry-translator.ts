import type { Frame } from '../../schema-registry/index.ts';
import { DataError, type Schema, type SchemaAndValue, type Value } from '../data/index.ts';
import type { ConverterSubject } from '../plugin/index.ts';
import { Loaded, whenLoaded } from './loaded.ts';
import { frameOf } from './registry-access.ts';

/** What the languages differ in. `Prepared` is of a schema, `Writing` of a schema and a topic, `Reading` of a written schema. */
export interface RegistryTranslation<Prepared, Writing, Reading> {
  /** The language's name, for errors. */
  readonly language: string;
  prepare(schema: Schema): Prepared;
  /** Registers the schema, or finds it. */
  openWriting(topic: string, prepared: Prepared): Promise<Writing>;
  write(writing: Writing, schema: Schema, value: Value, subject: ConverterSubject): Uint8Array | null;
  /** The schema has this id or GUID. */
  openReading(schema: number | string): Promise<Reading>;
  read(reading: Reading, frame: Frame, bytes: Uint8Array): SchemaAndValue;
}

/** Between Connect's data and Confluent's wire format, in any language. Waits only for schemas it has not seen. */
export class RegistryTranslator<Prepared, Writing, Reading> {
  readonly #translation: RegistryTranslation<Prepared, Writing, Reading>;
  readonly #isKey: boolean;
  readonly #writings = new WeakMap<Schema, Loaded<string, Writing>>();
  readonly #readings: Loaded<number | string, Reading>;

  constructor(
    translation: RegistryTranslation<Prepared, Writing, Reading>,
    { isKey, cacheSize }: { readonly isKey: boolean; readonly cacheSize: number },
  ) {
    this.#translation = translation;
    this.#isKey = isKey;
    this.#readings = new Loaded((schema) => translation.openReading(schema), cacheSize);
  }

  /** Throws {@link DataError} for a record without schema, or one whose value does not fit. */
  write(
    subject: ConverterSubject,
    schema: Schema | undefined,
    value: Value,
  ): Uint8Array | null | Promise<Uint8Array | null> {
    const translation = this.#translation;
    if (schema === undefined) {
      throw new DataError(
        `${translation.language} needs a schema: this record has none. Use a source or transform that gives one, or the json converter.`,
      );
    }
    let topics = this.#writings.get(schema);
    if (topics === undefined) {
      const prepared = translation.prepare(schema);
      topics = new Loaded((topic) => translation.openWriting(topic, prepared));
      this.#writings.set(schema, topics);
    }
    return whenLoaded(topics.get(subject.topic), (writing) =>
      translation.write(writing, schema, value, subject),
    );
  }

  read(subject: ConverterSubject, bytes: Uint8Array): SchemaAndValue | Promise<SchemaAndValue> {
    const frame = frameOf(subject, bytes, this.#isKey);
    return whenLoaded(this.#readings.get(frame.schema), (reading) =>
      this.#translation.read(reading, frame, bytes),
    );
  }
}

/** Where a record's payload begins. */
export function payloadPosition({ isHeader, position }: Frame): number {
  return isHeader ? 0 : position;
}
