import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOk } from '../child.ts';
import { differencesBetween } from '../connect-data/comparison.ts';
import { fixedSubject } from '../connect-data/fixed.ts';
import { type Answer, ourAnswer } from '../connect-data/our-answers.ts';
import { randomSubjects, type Subject } from '../connect-data/questions.ts';
import { javaArgs } from '../install.ts';
import { type Check, expectEqual, Mismatch } from '../report.ts';
import { seedOf } from '../seed.ts';
import type { Part, PartContext } from './part.ts';

const seed = seedOf('CONNECT_SEED');

/** Header values, converters, transforms, predicates and projection on random input: Kafka's own classes answer the same. */
export const connectData: Part = {
  name: 'connect-data',
  tools: ['java'],
  isOurs: true,
  checks: (context) => checks(context, [fixedSubject(), ...randomSubjects(seed)]),
};

function checks(context: PartContext, subjects: readonly Subject[]): readonly Check[] {
  const answers = new Map<Subject, readonly Answer[]>();
  const total = subjects.reduce((sum, { cases }) => sum + cases, 0);
  return [
    {
      name: `Kafka Connect's classes answer ${total} questions (CONNECT_SEED=${seed})`,
      gates: true,
      run: () => askKafka(context, subjects, answers),
    },
    ...subjects.map((subject) => ({
      name: `${subject.name}: ${subject.cases} cases, the same answers`,
      run: () => compare(subject, answers.get(subject) ?? []),
    })),
  ];
}

async function askKafka(
  { directory }: PartContext,
  subjects: readonly Subject[],
  answers: Map<Subject, readonly Answer[]>,
): Promise<void> {
  const lines = subjects.flatMap(({ questions }) => questions.map((question) => JSON.stringify(question)));
  const { stdout } = await runOk('java', javaArgs('ConnectData', [], { heapMb: 256 }), {
    input: `${lines.join('\n')}\n`,
  });
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'questions.jsonl'), `${lines.join('\n')}\n`);
  writeFileSync(join(directory, 'answers.jsonl'), stdout);
  const all = stdout.split('\n').filter((line) => line !== '');
  expectEqual('answers', all.length, lines.length);
  let at = 0;
  for (const subject of subjects) {
    const own = all.slice(at, at + subject.questions.length);
    answers.set(
      subject,
      own.map((line) => JSON.parse(line) as Answer),
    );
    at += own.length;
  }
}

/** Tells the shortest question that is answered otherwise, and how many are. */
async function compare({ questions }: Subject, answers: readonly Answer[]): Promise<void> {
  const found = [];
  for (const [index, question] of questions.entries()) {
    found.push(...differencesBetween(question, await ourAnswer(question), answers[index] ?? {}));
  }
  const [first] = found.sort((a, b) => a.what.length - b.what.length);
  if (first === undefined) return;
  throw new Mismatch(`${found.length} answers differ, one to ${first.what}`, first.kafka, first.ours);
}
