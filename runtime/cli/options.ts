import { parseArgs } from 'node:util';
import { UsageError } from './errors.ts';

/** One option of a command: `--name value`, or `--name` alone for a flag. */
export interface OptionSpec {
  readonly type: 'string' | 'number' | 'flag';
  readonly describe: string;
  readonly default?: string | number;
  /** The only values that are allowed. */
  readonly choices?: readonly string[];
  /** May be given several times; the value is a list. */
  readonly isRepeated?: boolean;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

type ValueOf<S extends OptionSpec> = S extends { readonly isRepeated: true }
  ? readonly string[]
  : S extends { readonly type: 'flag' }
    ? boolean
    : S extends { readonly type: 'number' }
      ? number | (S extends { readonly default: number } ? never : undefined)
      :
          | (S extends { readonly choices: readonly (infer C)[] } ? C : string)
          | (S extends { readonly default: string } ? never : undefined);

/** The values of options, by name. */
export type OptionValues<S extends OptionSpecs> = { readonly [K in keyof S]: ValueOf<S[K]> };

/** What a command was given. */
export interface ParsedOptions<S extends OptionSpecs> {
  readonly values: OptionValues<S>;
  /** What is not an option, in order. */
  readonly rest: readonly string[];
}

/** Reads the arguments of a command. Throws {@link UsageError} that says which argument is wrong and what is right. */
export function parseOptions<const S extends OptionSpecs>(
  specs: S,
  args: readonly string[],
): ParsedOptions<S> {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(specs).map(([name, { type }]) => [name, { type: kindOf(type) }]),
    ),
    strict: false,
    tokens: true,
  });
  const values: Record<string, unknown> = defaultsOf(specs);
  const rest: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') rest.push(token.value);
    else if (token.kind === 'option') take(specs, token, values);
  }
  return { values: values as OptionValues<S>, rest };
}

/** The options as a help text, a line each. */
export function describeOptions(specs: OptionSpecs): string {
  const rows = Object.entries(specs).map(
    ([name, spec]) => [`  --${name}${valueHint(spec)}`, explain(spec)] as const,
  );
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`).join('\n');
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
}

function take(
  specs: OptionSpecs,
  { name, rawName, value }: OptionToken,
  values: Record<string, unknown>,
): void {
  const spec = Object.hasOwn(specs, name) && rawName.startsWith('--') ? specs[name] : undefined;
  if (spec === undefined) {
    throw new UsageError(
      `Unknown option ${rawName}. Known here: ${Object.keys(specs)
        .map((each) => `--${each}`)
        .join(', ')}.`,
    );
  }
  if (spec.isRepeated === true) (values[name] as string[]).push(read(spec, rawName, value) as string);
  else values[name] = read(spec, rawName, value);
}

function read(spec: OptionSpec, rawName: string, value: string | undefined): unknown {
  if (spec.type === 'flag') {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value.`);
    return true;
  }
  if (value === undefined) throw new UsageError(`${rawName} needs a value: ${spec.describe}`);
  if (spec.choices !== undefined && !spec.choices.includes(value)) {
    throw new UsageError(`${rawName} ${value}: choose one of ${spec.choices.join(', ')}.`);
  }
  if (spec.type === 'string') return value;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0)
    throw new UsageError(`${rawName} ${value}: give a whole number.`);
  return number;
}

function defaultsOf(specs: OptionSpecs): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => {
      const empty = spec.isRepeated === true ? [] : spec.type === 'flag' ? false : undefined;
      return [name, spec.default ?? empty];
    }),
  );
}

function kindOf(type: OptionSpec['type']): 'boolean' | 'string' {
  return type === 'flag' ? 'boolean' : 'string';
}

function valueHint({ type, choices }: OptionSpec): string {
  if (type === 'flag') return '';
  return choices === undefined ? ` <${type === 'number' ? 'n' : 'text'}>` : ` <${choices.join('|')}>`;
}

function explain(spec: OptionSpec): string {
  const standard = spec.default === undefined ? '' : ` (default: ${spec.default})`;
  return `${spec.describe}${standard}`;
}
