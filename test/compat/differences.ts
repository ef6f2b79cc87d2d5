import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A row of differences.md: what one part may hear otherwise about commands that begin with `command`. */
export interface Difference {
  readonly part: string;
  readonly command: string;
  /** Lines of Apache Kafka that may be missing; `*` for whatever it says. */
  readonly missing: readonly string[];
  /** Lines that may be there instead. */
  readonly added: readonly string[];
  /** A sentence. */
  readonly why: string;
}

/** A line of a transcript and the command or question above it. */
export interface AskedLine {
  readonly question: string;
  readonly line: string;
}

/** What one transcript has and the other has not. */
export interface Found {
  readonly missing: readonly AskedLine[];
  readonly added: readonly AskedLine[];
}

/** The rows of differences.md about one part. Throws for a row that cannot be read, or that no transcript asks about. */
export function differencesOf(part: string): readonly Difference[] {
  const rows = differencesIn(read('differences.md'));
  const asked = globSync('*.txt', { cwd: join(import.meta.dirname, 'expected') })
    .flatMap((file) => read('expected', file).split('\n'))
    .filter((line) => /^[>$] /.test(line));
  const idle = rows.find(({ command }) => !asked.some((line) => line.slice(2).startsWith(command)));
  if (idle !== undefined)
    throw new Error(`differences.md has a row about what nothing asks: ${idle.command}`);
  return rows.filter((row) => row.part === part);
}

/** The rows that are about more than how the tests start their brokers. */
export function publishedDifferences(): readonly Difference[] {
  const [published = ''] = read('differences.md').split('## Of the tests alone');
  return differencesIn(published);
}

/**
 * What a difference explains: the lines that it names under its questions, and of those that differ by its patterns alone
 * (`/.../`) the pairs of a missing and an added line that are the same without what the patterns match.
 */
export function explained({ command, missing, added }: Difference, found: Found): Found {
  const of = (lines: readonly AskedLine[]) => lines.filter(({ question }) => question.startsWith(command));
  const [lost, gained] = [of(found.missing), of(found.added)];
  const named = (lines: readonly AskedLine[], texts: readonly string[]) =>
    lines.filter(({ line }) => texts.includes(line) || texts.includes('*'));
  const rests = { missing: restsOf(lost, missing), added: restsOf(gained, added) };
  const paired = (own: Rests, other: Rests, otherTexts: readonly string[]) =>
    own
      .filter(([asked, rest]) =>
        otherTexts.length === 0
          ? rest === ''
          : other.some(([each, otherRest]) => each.question === asked.question && otherRest === rest),
      )
      .map(([asked]) => asked);
  return {
    missing: [...named(lost, missing), ...paired(rests.missing, rests.added, added)],
    added: [...named(gained, added), ...paired(rests.added, rests.missing, missing)],
  };
}

/** The lines of a difference that a transcript with such a command did not need: the row is stale. */
export function stale(difference: Difference, questions: readonly string[], found: Found): string[] {
  const { command } = difference;
  if (!questions.some((question) => question.startsWith(command))) return [];
  const seen = explained(difference, found);
  const isSeen = (lines: readonly AskedLine[], text: string) =>
    text === '*'
      ? lines.length > 0
      : lines.some(({ line }) => (isPattern(text) ? without(line, text) !== undefined : line === text));
  return [
    ...difference.missing.filter((text) => !isSeen(seen.missing, text)),
    ...difference.added.filter((text) => !isSeen(seen.added, text)),
  ].map((text) => `${command}: ${text}`);
}

type Rests = readonly (readonly [asked: AskedLine, rest: string])[];

/** Of the lines that a pattern matches, what it leaves. */
function restsOf(lines: readonly AskedLine[], texts: readonly string[]): Rests {
  const patterns = texts.filter(isPattern);
  return lines.flatMap((asked) =>
    patterns.flatMap((pattern) => {
      const rest = without(asked.line, pattern);
      return rest === undefined ? [] : [[asked, rest] as const];
    }),
  );
}

function isPattern(text: string): boolean {
  return text.length > 2 && text.startsWith('/') && text.endsWith('/');
}

function without(line: string, pattern: string): string | undefined {
  const expression = new RegExp(pattern.slice(1, -1));
  return expression.test(line) ? line.replace(expression, '') : undefined;
}

function read(...path: readonly string[]): string {
  return readFileSync(join(import.meta.dirname, ...path), 'utf8');
}

function differencesIn(text: string): readonly Difference[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map(difference);
}

function difference(row: string): Difference {
  const columns = row.split(/(?<!\\)\|/).slice(1, 5);
  const [[part, command] = [], missing = [], added = []] = columns.map((column) =>
    [...column.matchAll(/`([^`]*)`/g)].map(([, code = '']) => code.replaceAll('\\|', '|')),
  );
  const why = columns[3]?.trim() ?? '';
  if (
    columns.length < 4 ||
    part === undefined ||
    command === undefined ||
    missing.length + added.length === 0 ||
    why === ''
  )
    throw new Error(`differences.md has a row that cannot be read: ${row}`);
  return { part, command, missing, added, why };
}
