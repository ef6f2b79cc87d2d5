import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { protobufLanguage, SchemaLimitError, SchemaParseError } from '../../../schema-registry/index.ts';
import { protoTexts } from '../../schema-registry/arbitrary-proto.ts';
import { runOk } from '../child.ts';
import { pythonCommand } from '../python.ts';
import { expectEqual } from '../report.ts';
import { seedOf } from '../seed.ts';
import type { Part, PartContext } from './part.ts';

const textCount = 3000;
const seed = seedOf('PROTO_SEED');

/** What protoc makes of a text. */
interface Answer {
  /** Why it refuses it. */
  readonly error?: string;
  /** What its descriptor has that ours has not, and the other way round. */
  readonly differences?: readonly string[];
}

interface Case extends Answer {
  readonly text: string;
  /** Why we refuse it. */
  readonly ourError: string | undefined;
}

/** Random `.proto` texts: protoc takes the same ones, and makes the same descriptors of them. */
export const protoSchemas: Part = {
  name: 'proto-schemas',
  tools: ['schemas-python'],
  isOurs: true,
  checks: (context) => {
    let cases: readonly Case[] = [];
    return [
      {
        name: `protoc compiles ${textCount} random texts (PROTO_SEED=${seed})`,
        gates: true,
        run: async () => {
          cases = await askProtoc(context);
          const taken = cases.filter(({ error }) => error === undefined).length;
          expectEqual('a quarter of the texts is right', taken > textCount / 4, true);
          expectEqual('a quarter of the texts is wrong', textCount - taken > textCount / 4, true);
        },
      },
      {
        name: 'we take what it takes, and refuse what it refuses',
        run: async () => {
          for (const { text, error, ourError } of cases)
            expectEqual(
              `${text}\nprotoc: ${error}\nwe: ${ourError}`,
              ourError === undefined,
              error === undefined,
            );
        },
      },
      {
        name: 'our descriptors are those of protoc',
        run: async () => {
          for (const { text, ourError, differences = [] } of cases)
            if (ourError === undefined) expectEqual(text, differences, []);
        },
      },
    ];
  },
};

async function askProtoc({ directory }: PartContext): Promise<Case[]> {
  const questions = fc
    .sample(protoTexts, { seed, numRuns: textCount })
    .map((text) => ({ text, ...ours(text) }));
  const { command, args, env } = pythonCommand('schemas-python', 'protoc.py');
  const input = questions.map(({ text, descriptor }) => `${JSON.stringify({ text, descriptor })}\n`).join('');
  const { stdout } = await runOk(command, args, { input, timeoutMs: 240_000, ...(env && { env }) });
  const answers = stdout.split('\n').filter((line) => line !== '');
  expectEqual('answers', answers.length, questions.length);
  const cases = questions.map(({ text, ourError }, index) => ({
    text,
    ourError,
    ...(JSON.parse(answers[index] ?? '{}') as Answer),
  }));
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'answers.json'), JSON.stringify(cases, undefined, 1));
  return cases;
}

/** Our own verdict as on a new schema, and our descriptor. */
function ours(text: string): { readonly descriptor: string | null; readonly ourError: string | undefined } {
  try {
    const parsed = protobufLanguage.parse(text, { references: [], strict: true });
    return { descriptor: protobufLanguage.formatted(parsed, 'serialized') ?? null, ourError: undefined };
  } catch (error) {
    if (!(error instanceof SchemaParseError || error instanceof SchemaLimitError)) throw error;
    return { descriptor: null, ourError: error.message };
  }
}
