// Byte vectors written by Kafka 4.3's own serializers. GOLDEN_DIR names another set of the same form.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  decode,
  decodeExact,
  decodeLine,
  encodeExact,
  encodeLine,
  encodeToBuffer,
  fromJson,
  type MessageDefinition,
  messageByName,
  parseJson,
  toJson,
} from '../../../kafka/protocol/index.ts';

interface Vector {
  readonly name: string;
  readonly type: string;
  readonly apiKey: number | null;
  readonly version: number;
  readonly flexible: string;
  readonly sample: string;
  readonly json: object;
  readonly hex: string;
}

const folder = join(process.env['GOLDEN_DIR'] ?? 'test/golden', 'kafka-4.3');

for (const file of ['messages.jsonl', 'records.jsonl']) {
  const path = join(folder, file);
  describe.runIf(existsSync(path))(`the vectors of ${file}`, () => {
    const vectors = existsSync(path) ? readVectors(path) : [];
    const passed = new Map<string, number>();
    const count = (kind: string) => passed.set(kind, (passed.get(kind) ?? 0) + 1);

    test('are there', () => {
      expect(vectors.length).toBeGreaterThan(0);
    });

    test('decode to the JSON form', () => {
      for (const vector of vectors) {
        const { definition, bytes, label } = open(vector);
        const value = decodeExact(definition, vector.version, bytes);
        const json = parseJson(JSON.stringify(toJson(definition, vector.version, value as object)));
        expect(json, label).toEqual(vector.json);
        count(`${vector.type} hex to json`);
      }
    });

    test('encode from the JSON form, except records, whose bytes Kafka leaves out of it', () => {
      for (const vector of vectors) {
        const { definition, bytes, label } = open(vector);
        const value = decodeExact(definition, vector.version, bytes) as object;
        const hasRecords = /"(?:unalignedR|r)ecords":""/.test(
          JSON.stringify(toJson(definition, vector.version, value)),
        );
        const json = hasRecords
          ? parseJson(JSON.stringify(toJson(definition, vector.version, value, { records: 'base64' })))
          : vector.json;
        const encoded = encodeExact(definition, vector.version, fromJson(definition, vector.version, json));
        expect(encoded.toString('hex'), label).toBe(vector.hex);
        count(`${vector.type} json to hex${hasRecords ? ', records from the bytes' : ''}`);
      }
    });

    test('go through the typed codec and come back the same, where doubles hold their integers', () => {
      for (const vector of vectors) {
        const { definition, bytes, label } = open(vector);
        const value = decode(definition, vector.version, bytes);
        const again = encodeToBuffer(definition, vector.version, value);
        expect(again.length, label).toBe(bytes.length);
        if (holdsHugeIntegers(decodeExact(definition, vector.version, bytes))) continue;
        expect(again.toString('hex'), label).toBe(vector.hex);
        count(`${vector.type} typed`);
      }
    });

    test('agree with the definitions on keys and flexible versions', () => {
      for (const vector of vectors) {
        const { definition, label } = open(vector);
        const { first, last } = definition.flexibleVersions;
        expect(vector.flexible, label).toBe(first > last ? 'none' : `${first}+`);
        expect(definition.kind, label).toBe(vector.type);
        if (vector.apiKey !== null && vector.apiKey !== undefined) {
          expect(definition.apiKey, label).toBe(vector.apiKey);
        }
      }
    });

    test('go through the line form both ways', () => {
      for (const { name, version, hex, json } of vectors) {
        const decoded = decodeLine(JSON.stringify({ name, version, hex }), { records: 'base64' });
        expect(JSON.parse(encodeLine(decoded)), `${name} v${version}`).toEqual({ name, version, hex });
        const plain = parseJson(decodeLine(JSON.stringify({ name, version, hex })));
        expect(plain, `${name} v${version}`).toEqual({ name, version, json });
        count('line');
      }
    });

    test('counts', () => {
      console.log(`${file}: ${[...passed].map(([kind, cases]) => `${kind} ${cases}`).join(' · ')}`);
      expect(passed.get('line')).toBe(vectors.length);
    });
  });
}

function readVectors(path: string): Vector[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => parseJson(line) as Vector);
}

function open({ name, version, sample, hex }: Vector): {
  definition: MessageDefinition;
  bytes: Buffer;
  label: string;
} {
  const definition = messageByName(name);
  if (definition === undefined) throw new Error(`there is no definition of ${name}`);
  return { definition, bytes: Buffer.from(hex, 'hex'), label: `${name} v${version} ${sample}` };
}

function holdsHugeIntegers(value: unknown): boolean {
  if (typeof value === 'bigint') return !Number.isSafeInteger(Number(value));
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return false;
  return Object.values(value).some(holdsHugeIntegers);
}
