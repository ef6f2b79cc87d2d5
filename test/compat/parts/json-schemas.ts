import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { compileValidator } from '../../../schema-registry/index.ts';
import { type JsonSchemaPair, jsonSchemaPairs } from '../../schema-registry/arbitrary-json-schema.ts';
import { runOk } from '../child.ts';
import { pythonCommand } from '../python.ts';
import { expectEqual } from '../report.ts';
import { seedOf } from '../seed.ts';
import type { Part, PartContext } from './part.ts';

const pairCount = 1500;
const seed = seedOf('JSON_SEED');

interface Question {
  readonly schema: JsonSchemaPair['old'];
  readonly instances: JsonSchemaPair['instances'];
}

/** A verdict on each instance, or why the schema is none. */
interface Answer {
  readonly valid?: readonly boolean[];
  readonly error?: string;
}

interface Case {
  readonly question: Question;
  readonly answer: Answer;
}

/** Random JSON Schemas of the drafts 4 to 2020-12 with values: Python's jsonschema takes the same values. */
export const jsonSchemas: Part = {
  name: 'json-schemas',
  tools: ['schemas-python'],
  isOurs: true,
  checks: (context) => {
    let cases: readonly Case[] = [];
    return [
      {
        name: `jsonschema validates ${pairCount * 2} random schemas (JSON_SEED=${seed})`,
        gates: true,
        run: async () => {
          cases = await askPython(context);
          const verdicts = cases.flatMap(({ answer }) => answer.valid ?? []);
          const valid = verdicts.filter((isValid) => isValid).length;
          expectEqual('a quarter of the values is valid', valid > verdicts.length / 4, true);
          expectEqual('a quarter of the values is not', verdicts.length - valid > verdicts.length / 4, true);
        },
      },
      {
        name: 'our validation has the same verdicts',
        run: async () => {
          for (const { question, answer } of cases) await checkCase(question, answer);
        },
      },
    ];
  },
};

async function checkCase({ schema, instances }: Question, { valid, error }: Answer): Promise<void> {
  const what = JSON.stringify(schema);
  const validate = await compileValidator(what, []);
  expectEqual(what, error, undefined);
  const ours = instances.map((instance) => validate(instance) === undefined);
  const other = instances.findIndex((_, index) => ours[index] !== valid?.[index]);
  expectEqual(`${what}\nof ${JSON.stringify(instances[other])}`, ours[other], valid?.[other]);
}

async function askPython({ directory }: PartContext): Promise<Case[]> {
  const questions = fc
    .sample(jsonSchemaPairs, { seed, numRuns: pairCount })
    .flatMap(({ old, now, instances }) => [old, now].map((schema) => ({ schema, instances })));
  const { command, args, env } = pythonCommand('schemas-python', 'json_schema.py');
  const input = questions.map((question) => `${JSON.stringify(question)}\n`).join('');
  const { stdout } = await runOk(command, args, { input, timeoutMs: 240_000, ...(env && { env }) });
  const answers = stdout.split('\n').filter((line) => line !== '');
  expectEqual('answers', answers.length, questions.length);
  const cases = questions.map((question, index) => ({
    question,
    answer: JSON.parse(answers[index] ?? '{}') as Answer,
  }));
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'answers.json'), JSON.stringify(cases, undefined, 1));
  return cases;
}
