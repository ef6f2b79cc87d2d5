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
}

/** A line of a transcript and the command or question above it. */
export interface AskedLine {
  readonly question: string;
  readonly line: string;
}

/** The rows of differences.md about one part. Throws for a row that cannot be read, or that no transcript asks about. */
export function differencesOf(part: string): readonly Difference[] {
  const read = (...path: readonly string[]) =>
    readFileSync(join(import.meta.dirname, ...path), 'utf8').split('\n');
  const rows = read('differences.md')
    .filter((line) => line.startsWith('| `'))
    .map(difference);
  const asked = globSync('*.txt', { cwd: join(import.meta.dirname, 'expected') })
    .flatMap((file) => read('expected', file))
    .filter((line) => /^[>$] /.test(line));
  const idle = rows.find(({ command }) => !asked.some((line) => line.slice(2).startsWith(command)));
  if (idle !== undefined)
    throw new Error(`differences.md has a row about what nothing asks: ${idle.command}`);
  return rows.filter((row) => row.part === part);
}

/** True when the difference allows this line to be missing or added. */
export function allows(
  { command }: Difference,
  lines: readonly string[],
  { question, line }: AskedLine,
): boolean {
  return question.startsWith(command) && (lines.includes(line) || lines.includes('*'));
}

/** The lines of a difference that a transcript with such a command did not need: the row is stale. */
export function stale(
  difference: Difference,
  questions: readonly string[],
  { missing, added }: { readonly missing: readonly AskedLine[]; readonly added: readonly AskedLine[] },
): string[] {
  if (!questions.some((question) => question.startsWith(difference.command))) return [];
  const isSeen = (seen: readonly AskedLine[], line: string) =>
    line === '*' ? seen.length > 0 : seen.some((asked) => allows(difference, [line], asked));
  return [
    ...difference.missing.filter((line) => !isSeen(missing, line)),
    ...difference.added.filter((line) => !isSeen(added, line)),
  ].map((line) => `${difference.command}: ${line}`);
}

function difference(row: string): Difference {
  const columns = row.split(/(?<!\\)\|/).slice(1, 5);
  const [[part, command] = [], missing = [], added = []] = columns.map((column) =>
    [...column.matchAll(/`([^`]*)`/g)].map(([, code = '']) => code.replaceAll('\\|', '|')),
  );
  if (
    columns.length < 4 ||
    part === undefined ||
    command === undefined ||
    missing.length + added.length === 0
  )
    throw new Error(`differences.md has a row that cannot be read: ${row}`);
  return { part, command, missing, added };
}
