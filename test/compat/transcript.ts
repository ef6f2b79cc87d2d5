import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrokerKind } from './broker-process.ts';
import {
  type AskedLine,
  type Difference,
  differencesOf,
  explained,
  type Found,
  stale,
} from './differences.ts';
import { Mismatch } from './report.ts';

/** Where Apache Kafka's transcripts are kept. */
const expectedDirectory = join(import.meta.dirname, 'expected');

/** Patterns of what differs from run to run, and what stands for it. */
const volatile: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>'],
  [/TopicId: [\w-]{22}/g, 'TopicId: <id>'],
  [/(Static member|owned by) [\w-]{22,}/g, '$1 <id>'],
  [/producerId=\d+/g, 'producerId=<id>'],
  [/\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\]/g, '[<time>]'],
  [/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>'],
  [/logDir=\/\S+/g, 'logDir=<data>'],
  [/log\.dirs=\/\S+/g, 'log.dirs=<data>'],
];

/** Whose transcript it is, and whether it is written instead of compared. */
export interface Told {
  readonly kind: BrokerKind;
  readonly isRecording: boolean;
}

/** `mayAdd` lets lines of ours pass that Apache Kafka does not have. */
export interface TranscriptOptions {
  readonly mayAdd?: boolean;
  /** The differences that are documented; of ours those of the transcript, of Apache Kafka none. */
  readonly accepted?: readonly Difference[];
}

/**
 * Compares a transcript with that of Apache Kafka in `expected/NAME.txt`, or writes that file when recording.
 * Throws {@link Mismatch} with the lines that differ.
 */
export function compareTranscript(
  name: string,
  transcript: string,
  { kind, isRecording }: Told,
  options: TranscriptOptions = {},
): void {
  const file = join(expectedDirectory, `${name}.txt`);
  const actual = normalised(transcript);
  if (isRecording) {
    mkdirSync(expectedDirectory, { recursive: true });
    writeFileSync(file, actual);
    return;
  }
  if (!existsSync(file)) throw new Error(`no ${name}.txt: record it with --against kafka --record`);
  const expected = readFileSync(file, 'utf8');
  const isOurs = kind === 'millrace';
  judge(name, difference(expected.split('\n'), actual.split('\n')), questionsOf(expected), {
    mayAdd: isOurs && options.mayAdd === true,
    accepted: options.accepted ?? (isOurs ? differencesOf(name) : []),
  });
}

/**
 * Compares what our broker answered with what Apache Kafka answered to the same questions, but for the documented
 * differences: of those it need not meet all. Throws {@link Mismatch} with the lines that differ.
 */
export function compareTranscripts(
  name: string,
  expected: string,
  actual: string,
  accepted: readonly Difference[],
): void {
  const found = difference(normalised(expected).split('\n'), normalised(actual).split('\n'));
  judge(name, found, [], { mayAdd: false, accepted });
}

function judge(
  name: string,
  found: Found,
  questions: readonly string[],
  { mayAdd, accepted }: Required<TranscriptOptions>,
): void {
  const unused = accepted.flatMap((row) => stale(row, questions, found));
  if (unused.length > 0)
    throw new Mismatch(`differences.md, transcript ${name}`, shown(unused), 'no such difference');
  const rows = accepted.map((row) => explained(row, found));
  const missing = found.missing.filter((asked) => !rows.some((row) => row.missing.includes(asked)));
  const added = found.added.filter((asked) => !rows.some((row) => row.added.includes(asked)));
  if (missing.length === 0 && (added.length === 0 || mayAdd)) return;
  throw new Mismatch(
    `transcript ${name}, ${missing.length} lines missing, ${added.length} added`,
    shown(missing.map(withQuestion)),
    shown(added.map(withQuestion)),
  );
}

function normalised(transcript: string): string {
  let text = transcript;
  for (const [pattern, replacement] of volatile) text = text.replaceAll(pattern, replacement);
  return text.replace(/\s*$/, '\n');
}

/** Lines of one that the other has not, by a longest common subsequence, each with the question above it. */
function difference(expected: readonly string[], actual: readonly string[]): Found {
  const lengths = Array.from({ length: expected.length + 1 }, () => new Uint32Array(actual.length + 1));
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = expected.length - 1; i >= 0; i--) {
    const row = lengths[i] ?? new Uint32Array();
    for (let j = actual.length - 1; j >= 0; j--) {
      row[j] = expected[i] === actual[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const missing: AskedLine[] = [];
  const added: AskedLine[] = [];
  for (let i = 0, j = 0; i < expected.length || j < actual.length; ) {
    if (i < expected.length && expected[i] === actual[j]) {
      i += 1;
      j += 1;
    } else if (j >= actual.length || (i < expected.length && at(i + 1, j) >= at(i, j + 1))) {
      missing.push({ question: questionAbove(expected, i), line: expected[i] ?? '' });
      i += 1;
    } else {
      added.push({ question: questionAbove(actual, j), line: actual[j] ?? '' });
      j += 1;
    }
  }
  return { missing, added };
}

const isQuestion = (line: string) => /^[>$] /.test(line);

function questionsOf(transcript: string): readonly string[] {
  return transcript
    .split('\n')
    .filter(isQuestion)
    .map((line) => line.slice(2));
}

/** The question that a line belongs to, without its mark; a question belongs to itself. */
function questionAbove(lines: readonly string[], index: number): string {
  return (lines.slice(0, index + 1).findLast(isQuestion) ?? '').slice(2);
}

function withQuestion({ question, line }: AskedLine): string {
  return isQuestion(line) ? line : `[${question}] ${line}`;
}

function shown(lines: readonly string[]): string {
  const most = 400;
  const rest = lines.length > most ? [`... and ${lines.length - most} more`] : [];
  return ['', ...lines.slice(0, most), ...rest].join('\n    ');
}
