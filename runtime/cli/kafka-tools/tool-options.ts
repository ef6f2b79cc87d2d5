import { ToolUsageError, ToolValueError } from './errors.ts';

const INTEGER_MAX = 2_147_483_647;

/** The value that an option takes. `label` is what the usage table calls it. */
export interface OptionValue {
  readonly type: 'String' | 'Integer' | 'Long';
  readonly label?: string;
  /** The option may stand alone: `--state`, `--state Empty`. */
  readonly isOptional?: boolean;
  /** Takes all values up to the next option: `--command-property acks=1 linger.ms=5`. */
  readonly isList?: boolean;
  /** Told in the usage table and answered by {@link ToolArguments} when the option is not given. */
  readonly default?: string;
}

/** One option of a tool. Without `value` it is a flag. */
export interface ToolOption {
  readonly describe: string;
  readonly value?: OptionValue;
  /** `c` for `-c`. */
  readonly short?: string;
  /** A command line without it is refused. */
  readonly isRequired?: boolean;
}

export type ToolOptions<Name extends string = string> = Readonly<Record<Name, ToolOption>>;

/**
 * Reads a command line as Kafka's tools do: `--name value`, `--name=value`, `-n value`, in any order; a value may begin
 * with a dash, a name may be cut short where that leaves no doubt. Throws {@link ToolUsageError} for what is no option, a
 * value that is missing, and one that is not expected.
 */
export function parseToolArguments<Name extends string>(
  options: ToolOptions<Name>,
  args: readonly string[],
): ToolArguments<Name> {
  const given = new Map<string, string[]>();
  for (let at = 0; at < args.length; at += 1) {
    const { name, option, inline } = readOption(options, args[at] ?? '');
    const values = given.get(name) ?? [];
    given.set(name, values);
    if (option.value === undefined) {
      if (inline !== undefined)
        throw new ToolUsageError(`Option ${name} takes no value, but '${inline}' was given`);
      continue;
    }
    const taken = inline === undefined ? valuesBehind(option.value, args.slice(at + 1)) : [inline];
    if (taken.length === 0 && option.value.isOptional !== true) {
      throw new ToolUsageError(`Option ${name} requires an argument`);
    }
    values.push(...taken);
    if (inline === undefined) at += taken.length;
  }
  return new ToolArguments(options, given);
}

/** How many arguments, from the first, are options of this table and their values: what follows is no option. */
export function countOptionArguments(options: ToolOptions, args: readonly string[]): number {
  let at = 0;
  while (args[at]?.startsWith('-') === true) {
    const { option, inline } = readOption(options, args[at] ?? '');
    const isSpread = option.value !== undefined && inline === undefined;
    at += 1 + (isSpread ? valuesBehind(option.value, args.slice(at + 1)).length : 0);
  }
  return at;
}

interface ReadOption {
  readonly name: string;
  readonly option: ToolOption;
  readonly inline: string | undefined;
}

function readOption(options: ToolOptions, argument: string): ReadOption {
  const match = /^(?:--([^=]+)(?:=(.*))?|-([A-Za-z]))$/s.exec(argument);
  if (match === null) throw new ToolUsageError(`'${argument}' is not an option: options begin with --`);
  const [, long, inline, short] = match;
  const name = long === undefined ? nameOfShort(options, short ?? '') : nameOf(options, long);
  const option = name === undefined ? undefined : options[name];
  if (name === undefined || option === undefined) {
    throw new ToolUsageError(`${long ?? short} is not a recognized option`);
  }
  return { name, option, inline };
}

function nameOf(options: ToolOptions, text: string): string | undefined {
  if (Object.hasOwn(options, text)) return text;
  const [name, other] = Object.keys(options).filter((each) => each.startsWith(text));
  return other === undefined ? name : undefined;
}

function nameOfShort(options: ToolOptions, short: string): string | undefined {
  return Object.entries(options).find(([, option]) => option.short === short)?.[0];
}

function valuesBehind({ isOptional, isList }: OptionValue, rest: readonly string[]): readonly string[] {
  if (isList === true) {
    const end = rest.findIndex((argument) => argument.startsWith('--'));
    return rest.slice(0, end < 0 ? rest.length : end);
  }
  const [next] = rest;
  if (next === undefined || (isOptional === true && next.startsWith('--'))) return [];
  return [next];
}

/** What was given on a tool's command line. */
export class ToolArguments<Name extends string = string> {
  readonly #options: ToolOptions<Name>;
  readonly #given: ReadonlyMap<string, readonly string[]>;

  constructor(options: ToolOptions<Name>, given: ReadonlyMap<string, readonly string[]>) {
    this.#options = options;
    this.#given = given;
  }

  /** Whether the option was given, with or without a value. Names that are no option of this tool are never given. */
  has(name: string): boolean {
    return this.#given.has(name);
  }

  /** The value, or the option's default. Throws {@link ToolUsageError} when it was given more than once. */
  text(name: Name): string | undefined {
    const values = this.#given.get(name) ?? [];
    if (values.length > 1) {
      throw new ToolUsageError(`Found multiple arguments for option ${name}, but you asked for only one`);
    }
    return values[0] ?? this.#options[name].value?.default;
  }

  /** All values in order; the option may be given several times. */
  texts(name: Name): readonly string[] {
    return this.#given.get(name) ?? [];
  }

  /** The value as a whole number in the range of the option's type. Throws {@link ToolValueError} for anything else. */
  number(name: Name): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^[+-]?\d{1,19}$/.test(text) ? Number(text) : Number.NaN;
    const limit = this.#options[name].value?.type === 'Integer' ? INTEGER_MAX : Number.MAX_SAFE_INTEGER;
    if (Number.isNaN(value) || Math.abs(value) > limit) {
      throw new ToolValueError(`Cannot parse argument '${text}' of option ${name}`);
    }
    return value;
  }
}
