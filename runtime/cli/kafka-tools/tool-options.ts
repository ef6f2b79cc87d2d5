import { ToolUsageError, ToolValueError } from './errors.ts';

/** The value that an option takes. `label` is what the usage table calls it. */
export interface OptionValue {
  readonly type: 'String' | 'Integer' | 'Long';
  readonly label?: string;
  /** The option may stand alone: `--state`, `--state Empty`. */
  readonly isOptional?: boolean;
  /** Told in the usage table and answered by {@link ToolArguments} when the option is not given. */
  readonly default?: string;
}

/** One option of a tool. Without `value` it is a flag. */
export interface ToolOption {
  readonly describe: string;
  readonly value?: OptionValue;
}

export type ToolOptions<Name extends string = string> = Readonly<Record<Name, ToolOption>>;

/**
 * Reads a command line as Kafka's tools do: `--name value`, `--name=value`, in any order, a value may begin with a dash.
 * Throws {@link ToolUsageError} for what is no option, a value that is missing, and one that is not expected.
 */
export function parseToolArguments<Name extends string>(
  options: ToolOptions<Name>,
  args: readonly string[],
): ToolArguments<Name> {
  const given = new Map<string, string[]>();
  for (let at = 0; at < args.length; at += 1) {
    const { name, inline } = nameAndValue(args[at] ?? '');
    const option: ToolOption | undefined = Object.hasOwn(options, name) ? options[name as Name] : undefined;
    if (option === undefined) throw new ToolUsageError(`${name} is not a recognized option`);
    const values = given.get(name) ?? [];
    given.set(name, values);
    if (option.value === undefined) {
      if (inline !== undefined)
        throw new ToolUsageError(`Option ${name} takes no value, but '${inline}' was given`);
    } else if (inline !== undefined) {
      values.push(inline);
    } else if (takesNext(option.value, args[at + 1])) {
      at += 1;
      values.push(args[at] ?? '');
    } else if (option.value.isOptional !== true) {
      throw new ToolUsageError(`Option ${name} requires an argument`);
    }
  }
  return new ToolArguments(options, given);
}

function nameAndValue(argument: string): { readonly name: string; readonly inline: string | undefined } {
  if (!argument.startsWith('--') || argument === '--') {
    throw new ToolUsageError(`'${argument}' is not an option: options begin with --`);
  }
  const equals = argument.indexOf('=');
  if (equals < 0) return { name: argument.slice(2), inline: undefined };
  return { name: argument.slice(2, equals), inline: argument.slice(equals + 1) };
}

function takesNext({ isOptional }: OptionValue, next: string | undefined): boolean {
  if (next === undefined) return false;
  return isOptional !== true || !next.startsWith('--');
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
    const limit = this.#options[name].value?.type === 'Integer' ? 2_147_483_647 : Number.MAX_SAFE_INTEGER;
    if (Number.isNaN(value) || Math.abs(value) > limit) {
      throw new ToolValueError(`Cannot parse argument '${text}' of option ${name}`);
    }
    return value;
  }
}
