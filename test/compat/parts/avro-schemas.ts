import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Incompatibility, incompatibilities } from '../../../schema-registry/avro/compatibility.ts';
import { parseAvro } from '../../../schema-registry/avro/parser.ts';
import { printAvro } from '../../../schema-registry/avro/printer.ts';
import { SchemaCheckError, SchemaParseError } from '../../../schema-registry/index.ts';
import { type AvroPair, avroPairs } from '../../schema-registry/arbitrary-avro.ts';
import { runOk } from '../child.ts';
import { javaArgs } from '../install.ts';
import { expectEqual } from '../report.ts';
import { seedOf } from '../seed.ts';
import type { Part, PartContext } from './part.ts';

const pairCount = 6000;
const seed = seedOf('AVRO_SEED');

interface Question extends AvroPair {
  /** As a new schema is parsed, or as one that is stored already. */
  readonly strict: boolean;
}

/** What Apache Avro makes of a pair: texts of those that are schemas, and when both are, how they get along. */
interface Answer {
  readonly readerText?: string;
  readonly writerText?: string;
  readonly incompatibilities?: readonly Incompatibility[];
  /** Why the check itself failed. */
  readonly failure?: string;
}

interface Case {
  readonly question: Question;
  readonly answer: Answer;
}

/** Random pairs of Avro schemas: Apache Avro takes the same ones, prints them alike and finds the same incompatibilities. */
export const avroSchemas: Part = {
  name: 'avro-schemas',
  tools: ['java'],
  isOurs: true,
  checks: (context) => {
    let cases: readonly Case[] = [];
    return [
      {
        name: `Apache Avro takes ${pairCount} random pairs of schemas (AVRO_SEED=${seed})`,
        gates: true,
        run: async () => {
          cases = await askAvro(context);
        },
      },
      {
        name: 'we take what it takes, refuse what it refuses, and print the same text',
        run: async () => checkTexts(cases),
      },
      { name: 'we find the same incompatibilities', run: async () => checkPairs(cases) },
    ];
  },
};

async function askAvro({ directory }: PartContext): Promise<Case[]> {
  const questions = fc
    .sample(avroPairs, { seed, numRuns: pairCount })
    .map((pair, index) => ({ ...pair, strict: index % 2 === 0 }));
  const input = questions.map((question) => `${JSON.stringify(question)}\n`).join('');
  const { stdout } = await runOk('java', javaArgs('AvroSchemas', []), { input });
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'answers.jsonl'), stdout);
  const answers = stdout.split('\n').filter((line) => line !== '');
  expectEqual('answers', answers.length, questions.length);
  return questions.map((question, index) => ({
    question,
    answer: JSON.parse(answers[index] ?? '{}') as Answer,
  }));
}

function checkTexts(cases: readonly Case[]): void {
  let taken = 0;
  for (const { question, answer } of cases) {
    for (const [schema, text] of [
      [question.reader, answer.readerText],
      [question.writer, answer.writerText],
    ] as const) {
      if (hasNoSymbol(text)) continue;
      const document = parsed(schema, question.strict);
      const ours = document && printAvro(document, { normalize: false });
      expectEqual(`${question.strict ? 'new' : 'stored'} ${schema}`, ours, text);
      taken += Number(ours !== undefined);
    }
  }
  expectEqual('a third of the schemas is valid', taken > (cases.length * 2) / 3, true);
}

function checkPairs(cases: readonly Case[]): void {
  let incompatible = 0;
  for (const { question, answer } of cases) {
    const [reader, writer] = [question.reader, question.writer].map((schema) =>
      parsed(schema, question.strict),
    );
    if (reader === undefined || writer === undefined) continue;
    const { readerText: _reader, writerText: _writer, ...verdict } = answer;
    const ours = verdictOn(() => incompatibilities(reader.root, writer.root));
    expectEqual(`reader ${question.reader}, writer ${question.writer}`, ours, verdict);
    incompatible += Number(ours.incompatibilities?.length !== 0);
  }
  expectEqual('a twentieth of the pairs is incompatible', incompatible > cases.length / 20, true);
}

/** A stored enum with a symbol that is no text: Avro goes on with null, which no new schema can have; we refuse it. */
function hasNoSymbol(text: string | undefined): boolean {
  return text !== undefined && /"symbols":\[(?:"[^"]*",)*null/.test(text);
}

function parsed(schema: string, strict: boolean): ReturnType<typeof parseAvro> | undefined {
  try {
    return parseAvro(schema, { references: [], strict });
  } catch (error) {
    if (error instanceof SchemaParseError) return undefined;
    throw error;
  }
}

function verdictOn(check: () => readonly Incompatibility[]): Pick<Answer, 'incompatibilities' | 'failure'> {
  try {
    return { incompatibilities: check() };
  } catch (error) {
    if (error instanceof SchemaCheckError) return { failure: error.message };
    throw error;
  }
}
