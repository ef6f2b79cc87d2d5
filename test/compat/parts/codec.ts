import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  decodeLine,
  encodeLine,
  type MessageDefinition,
  parseJson,
  toJson,
} from '../../../kafka/protocol/index.ts';
import { float64Json, int64Json } from '../../../kafka/protocol/json/json-text.ts';
import { arbitraryMessage, everyMessageVersion } from '../../kafka/protocol/arbitrary.ts';
import { runOk } from '../child.ts';
import { javaArgs } from '../install.ts';
import { expectEqual } from '../report.ts';
import { seedOf } from '../seed.ts';
import type { Part, PartContext } from './part.ts';

const samplesPerVersion = 2;
/** Kafka has these formats, but no JSON form of them. */
const withoutJson = new Set(['ProducerSnapshot']);
const seed = seedOf('CODEC_SEED');

/** A line that Kafka's serializers have made of one of ours. */
interface Vector {
  readonly name: string;
  readonly version: number;
  readonly json: unknown;
  readonly hex: string;
  readonly error?: string;
}

/** Random messages of each API and version, records included: Kafka's own serializers make the same bytes and the same JSON. */
export const codec: Part = {
  name: 'codec',
  tools: ['java'],
  isOurs: true,
  checks: (context) => {
    let vectors: Vector[] = [];
    return [
      {
        name: `Kafka's serializers take ${samplesPerVersion} random messages of each version (CODEC_SEED=${seed})`,
        gates: true,
        run: async () => {
          vectors = await askKafka(context);
          expectEqual('lines refused', vectors.filter(({ error }) => error !== undefined).slice(0, 3), []);
        },
      },
      {
        name: 'every message decodes to the JSON that Kafka writes',
        run: async () => checkDecoding(vectors),
      },
      { name: 'and encodes from it to the bytes that Kafka writes', run: async () => checkEncoding(vectors) },
    ];
  },
};

function checkDecoding(vectors: readonly Vector[]): void {
  for (const { name, version, json, hex } of vectors) {
    const line = parseJson(decodeLine(JSON.stringify({ name, version, hex })));
    expectEqual(`${name} v${version} of ${hex}`, exact(line), exact({ name, version, json }));
  }
}

/** Kafka leaves the bytes of records out of its JSON, so for these it comes from the bytes. */
function checkEncoding(vectors: readonly Vector[]): void {
  for (const { name, version, json, hex } of vectors) {
    const hasRecords = /"(?:unalignedR|r)ecords":""/.test(exact(json));
    const line = hasRecords
      ? decodeLine(JSON.stringify({ name, version, hex }), { records: 'base64' })
      : exact({ name, version, json });
    expectEqual(`${name} v${version} of ${exact(json)}`, JSON.parse(encodeLine(line)), {
      name,
      version,
      hex,
    });
  }
}

async function askKafka({ directory }: PartContext): Promise<Vector[]> {
  const input = everyMessageVersion()
    .filter(({ definition }) => !withoutJson.has(definition.name))
    .flatMap(({ definition, version }) => samples(definition, version));
  const { stdout } = await runOk('java', javaArgs('Codec', []), { input: `${input.join('\n')}\n` });
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'vectors.jsonl'), stdout);
  const lines = stdout.split('\n').filter((line) => line !== '');
  expectEqual('lines that came back', lines.length, input.length);
  return lines.map((line) => parseJson(line) as Vector);
}

function samples(definition: MessageDefinition, version: number): string[] {
  // Kafka's JSON reader refuses the infinities that its writer puts.
  const arbitrary = arbitraryMessage(definition, version, 'bigint').filter((value) =>
    isFiniteThroughout(value),
  );
  const values = fc.sample(arbitrary, { seed: seed + version, numRuns: samplesPerVersion });
  return values.map((value) => {
    const json = toJson(definition, version, value, { records: 'base64' });
    return exact({ name: definition.name, version, json });
  });
}

function isFiniteThroughout(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(isFiniteThroughout);
}

/** JSON text that keeps what `JSON.stringify` alone loses: the digits of 64 bits, and the sign of -0. */
function exact(value: unknown): string {
  return JSON.stringify(value, (_name, each: unknown) => {
    if (typeof each === 'bigint') return int64Json(each);
    return Object.is(each, -0) ? float64Json(-0) : each;
  });
}
