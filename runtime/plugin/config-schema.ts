import type { Secret } from './secret.ts';

/** Formats of `type: 'string'` that are parsed before the plugin sees the value. */
export type ConfigFormat =
  /** `500ms`, `5s`, `2m`, `1h`, `7d`, or a number of milliseconds → number of milliseconds. */
  | 'duration'
  /** `512B`, `64KB`, `1MiB`, or a number → number of bytes. KB = 1000, KiB = 1024. */
  | 'bytes'
  /** → {@link Secret}, which does not print. ConfigDef type PASSWORD. */
  | 'secret'
  /** An absolute URL; stays a string. */
  | 'uri'
  /** A regular expression in Java's syntax, checked with RE2; stays a string. */
  | 'regex'
  /** A class name or plugin alias; stays a string. ConfigDef type CLASS. */
  | 'class';

/** Kafka's ConfigDef types, as the REST API names them. */
export type ConfigType =
  | 'BOOLEAN'
  | 'STRING'
  | 'INT'
  | 'SHORT'
  | 'LONG'
  | 'DOUBLE'
  | 'LIST'
  | 'CLASS'
  | 'PASSWORD';

/**
 * One key of a plugin's configuration: JSON Schema, plus how Kafka's REST API presents it. A property whose name has dots
 * (`static.field`) is one flat key; a property of type object is a group of keys that are joined with dots.
 */
export interface ConfigProperty {
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object';
  readonly enum?: readonly string[];
  /** With `enum`: accept any case; the plugin gets the spelling that `enum` has. */
  readonly ignoreCase?: boolean;
  readonly format?: ConfigFormat;
  /** True: a value of blanks alone means those blanks, as a delimiter may. Values are trimmed otherwise, as in Kafka. */
  readonly keepsBlanks?: boolean;
  /** Goes through the same parsing as a configured value, so `'5s'` is right for a duration. */
  readonly default?: unknown;
  readonly title?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  /** Of an array. In flat configs a list is text with commas. */
  readonly items?: ConfigProperty;
  /** Of an object with known keys. */
  readonly properties?: Readonly<Record<string, ConfigProperty>>;
  readonly required?: readonly string[];
  /** Of an object with any keys, all of this kind. */
  readonly additionalProperties?: ConfigProperty | false;
  /** HIGH when required and MEDIUM otherwise, unless said here. */
  readonly importance?: 'HIGH' | 'MEDIUM' | 'LOW';
  /** INT for integers, DOUBLE for numbers, LONG for durations and sizes, ... unless said here. */
  readonly configType?: ConfigType;
  readonly group?: string;
  readonly orderInGroup?: number;
  readonly width?: 'NONE' | 'SHORT' | 'MEDIUM' | 'LONG';
  /** Values to offer; unlike `enum` others are accepted too. */
  readonly recommended?: readonly string[];
  /** What validation says of a missing value besides that it is missing, where Kafka's own rule for the key does. */
  readonly whenMissing?: string;
  /**
   * A rule that JSON Schema cannot express. Gets the parsed value; returns why it is wrong, or undefined. As an object:
   * the whole sentence, not only the reason in it.
   */
  check?(value: unknown): string | { readonly message: string } | undefined;
}

/** A plugin's whole configuration: an object of {@link ConfigProperty}. Write it as a literal: its type is inferred. */
export interface ConfigSchema extends ConfigProperty {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, ConfigProperty>>;
  /** True: keys that the schema does not know are passed on as strings instead of reported. */
  readonly passUnknown?: boolean;
}

/** The TypeScript type of the values that a {@link ConfigSchema} describes, after parsing. */
export type ConfigOf<S> = Flat<ValueOf<S>>;

type Flat<O> = { [K in keyof O]: O[K] };

type ValueOf<S> = S extends { readonly enum: readonly (infer E)[] }
  ? E
  : S extends { readonly format: 'secret' }
    ? Secret
    : S extends { readonly format: 'duration' | 'bytes' }
      ? number
      : S extends { readonly type: 'string' }
        ? string
        : S extends { readonly type: 'integer' | 'number' }
          ? number
          : S extends { readonly type: 'boolean' }
            ? boolean
            : S extends { readonly type: 'array'; readonly items: infer I }
              ? readonly ValueOf<I>[]
              : S extends { readonly type: 'object'; readonly properties: infer P }
                ? PropertiesOf<P, S extends { readonly required: readonly (infer R)[] } ? R : never>
                : S extends { readonly type: 'object'; readonly additionalProperties: infer A }
                  ? Readonly<Record<string, ValueOf<A>>>
                  : unknown;

type PropertiesOf<P, R> = { readonly [K in PresentKeys<P, R>]: ValueOf<P[K]> } & {
  readonly [K in Exclude<keyof P, PresentKeys<P, R>>]?: ValueOf<P[K]> | undefined;
};

/** Keys that are there after parsing: required, or with a default. */
type PresentKeys<P, R> = {
  [K in keyof P]: P[K] extends { readonly default: unknown } ? K : K extends R ? K : never;
}[keyof P];
