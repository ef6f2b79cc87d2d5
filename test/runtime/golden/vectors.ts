// Finds golden vectors, and judges errors: the kind always, the text unless it speaks of the JVM.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { StreamError } from '../../../platform/errors.ts';
import { type JsonFields, parseExact } from './typed-values.ts';

const directory = process.env['GOLDEN_DIR'] ?? join(import.meta.dirname, '../../golden');

/** The vectors of a file, or none when the file is absent. */
export function readVectors(name: string): JsonFields[] {
  const path = join(directory, name);
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map(parseExact);
}

const codes: Readonly<Record<string, readonly string[]>> = {
  DataException: ['CONNECT_DATA'],
  SchemaBuilderException: ['CONNECT_SCHEMA_BUILDER'],
  SchemaProjectorException: ['CONNECT_SCHEMA_PROJECTOR'],
  ConfigException: ['CONNECT_CONFIG'],
  ConnectException: ['CONNECT_DATA'],
  IllegalArgumentException: ['CONNECT_UNKNOWN_NAME'],
  IndexOutOfBoundsException: ['CONNECT_UNKNOWN_NAME'],
  NullPointerException: ['CONNECT_DATA'],
};

/** Class names, enum look-ups and parser positions: what only a Java program would say. */
const jvm = /java\.|class \[|No enum constant|near index|fromIndex|Cannot invoke|SourceRecord|SinkRecord\{/;

export function expectSameError(actual: unknown, json: JsonFields): void {
  expect(actual, 'an error').toBeInstanceOf(Error);
  const { code, message } = actual as StreamError;
  expect(codes[String(json['error'])], `error class of: ${message}`).toContain(code);
  const wanted = String(json['message']);
  if (!jvm.test(wanted)) expect(message).toBe(wanted);
}

/** Counts per kind what passed and what does not apply here. Print it at the end. */
export class Tally {
  readonly #passed = new Map<string, number>();
  readonly #notApplicable = new Map<string, number>();

  pass(kind: string): void {
    this.#passed.set(kind, (this.#passed.get(kind) ?? 0) + 1);
  }

  notApplicable(kind: string, reason: string): void {
    const key = `${kind}: ${reason}`;
    this.#notApplicable.set(key, (this.#notApplicable.get(key) ?? 0) + 1);
  }

  print(title: string): void {
    const show = (counts: ReadonlyMap<string, number>): string =>
      [...counts].map(([key, count]) => `${key} ${count}`).join(', ') || 'none';
    console.log(`${title}: passed ${show(this.#passed)}; not applicable ${show(this.#notApplicable)}`);
  }
}
