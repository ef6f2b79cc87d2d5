import { NumberRanges } from './number-ranges.ts';
import { problemAt } from './problem.ts';
import type { Position, ProtoMessage, ProtoRange, ProtoReserved } from './syntax-tree.ts';

interface Member {
  readonly name: string;
  readonly tag: number;
  readonly at: Position;
}

/** What a message or enum keeps for nobody. */
export class ReservedValues {
  readonly #names: ReadonlySet<string>;
  readonly #numbers: NumberRanges;

  constructor(reserved: readonly ProtoReserved[]) {
    const values = reserved.flatMap((each) => each.values);
    this.#names = new Set(values.filter((value) => typeof value === 'string'));
    this.#numbers = new NumberRanges(values.filter((value) => typeof value !== 'string'));
  }

  /** Throws `SchemaParseError` when the member's name or number is among them. */
  check({ name, tag, at }: Member, scope: string): void {
    if (this.#names.has(name)) throw problemAt(`the name "${name}" is reserved in ${scope}`, at);
    if (this.#numbers.has(tag)) throw problemAt(`the number ${tag} is reserved in ${scope}`, at);
  }
}

/** What is reserved must be once, the right way round, and in the form of the syntax. Throws `SchemaParseError`. */
export function checkReserved(
  reserved: readonly ProtoReserved[],
  { isEdition, first, at }: { readonly isEdition: boolean; readonly first: number; readonly at: Position },
): void {
  const values = reserved.flatMap((each) => each.values);
  const names = values.filter((value) => typeof value === 'string');
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined) throw problemAt(`the name "${twice}" is reserved twice`, at);
  for (const { values: list, hasQuotes } of reserved) {
    const isMixed = hasQuotes !== undefined && list.some((value) => typeof value !== 'string');
    if (isMixed) throw problemAt('names and numbers are reserved in one statement', at);
    if (hasQuotes === isEdition)
      throw problemAt(`reserved names are ${isEdition ? 'identifiers' : 'strings'} here`, at);
  }
  checkRanges(
    values.filter((value) => typeof value !== 'string'),
    first,
    at,
  );
}

/** Ranges for extensions may touch neither each other, nor what is reserved, nor fields. Throws `SchemaParseError`. */
export function checkExtensionRanges(
  { extensions, reserved, at }: Pick<ProtoMessage, 'extensions' | 'reserved' | 'at'>,
  fields: readonly Member[],
): void {
  const ranges = extensions.flatMap((each) => each.ranges);
  if (ranges.length === 0) return;
  checkRanges(ranges, 1, at);
  const kept = reserved.flatMap(({ values }) => values.filter((value) => typeof value !== 'string'));
  checkRanges([...ranges, ...kept], 1, at);
  const numbers = new NumberRanges(ranges);
  const inside = fields.find(({ tag }) => numbers.has(tag));
  if (inside !== undefined) throw problemAt(`the number ${inside.tag} is for extensions`, inside.at);
}

function checkRanges(ranges: readonly ProtoRange[], first: number, at: Position): void {
  const reversed = ranges.find((range) => range.last < range.first);
  if (reversed !== undefined) throw problemAt(`the range ${shown(reversed)} ends before it begins`, at);
  const low = ranges.find((range) => range.first < first);
  if (low !== undefined) throw problemAt(`the range ${shown(low)} begins below ${first}`, at);
  const { overlap } = new NumberRanges(ranges);
  if (overlap !== undefined) throw problemAt(`the range ${shown(overlap)} overlaps another`, at);
}

function shown({ first, last }: ProtoRange): string {
  return first === last ? String(first) : `${first} to ${last}`;
}
