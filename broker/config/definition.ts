/** Kafka's ConfigDef types. Numbers on the wire: see {@link configTypeCodes}. */
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

/** Type codes of DescribeConfigs v3+. */
export const configTypeCodes: Readonly<Record<ConfigType, number>> = {
  BOOLEAN: 1,
  STRING: 2,
  INT: 3,
  SHORT: 4,
  LONG: 5,
  DOUBLE: 6,
  LIST: 7,
  CLASS: 8,
  PASSWORD: 9,
};

/** How a broker config may change: never while running, on one broker, or also for all brokers at once (KIP-226). */
export type UpdateMode = 'read-only' | 'per-broker' | 'cluster-wide';

type Importance = 'HIGH' | 'MEDIUM' | 'LOW';

/** A parsed value. A LONG at or beyond 2^53 is `Infinity` (`-Infinity` below): Kafka's Long.MAX means "no limit". */
export type ConfigValue = boolean | number | string | readonly string[];

/** Returns what is wrong with the value of `name`, as a whole sentence in Kafka's wording, or undefined. */
export type Validator = (name: string, value: ConfigValue) => string | undefined;

/** One config. `default` is its text; null means none (the value may be absent), undefined that it must be given. */
export interface ConfigDefinition<V extends ConfigValue | null = ConfigValue | null> {
  readonly name: string;
  readonly type: ConfigType;
  readonly default: string | null | undefined;
  readonly importance: Importance;
  readonly documentation: string;
  readonly validator: Validator | undefined;
  readonly updateMode: UpdateMode;
  /** Accepted but listed by DescribeConfigs only when it is set. */
  readonly isInternal: boolean;
  /** The TypeScript type of the parsed value; never present at run time. */
  readonly valueType?: V;
}

/** Definitions by name, in the order they were written. */
export type ConfigTable = Readonly<Record<string, ConfigDefinition>>;

/** A trait of a definition that differs from the usual: a validator, an update mode, {@link internal}. */
export type Trait = Partial<Pick<ConfigDefinition, 'validator' | 'updateMode' | 'isInternal'>>;

export const clusterWide: Trait = { updateMode: 'cluster-wide' };
export const perBroker: Trait = { updateMode: 'per-broker' };
export const internal: Trait = { isInternal: true };

/** Stands for a default that does not exist. */
export const required = Symbol('required');

export const INT_MAX = 2_147_483_647;
export const DOUBLE_MAX = Number.MAX_VALUE;
/** Long.MAX_VALUE of Kafka's defaults; its text keeps all digits. */
export const LONG_MAX = Number.POSITIVE_INFINITY;

type Default<T> = T | null | typeof required;
type Nullable<D, T> = D extends null ? T | null : T;

export const boolean = <D extends Default<boolean>>(value: D, ...rest: Rest) =>
  define<Nullable<D, boolean>>('BOOLEAN', value, rest);
export const int = <D extends Default<number>>(value: D, ...rest: Rest) =>
  define<Nullable<D, number>>('INT', value, rest);
export const short = <D extends Default<number>>(value: D, ...rest: Rest) =>
  define<Nullable<D, number>>('SHORT', value, rest);
export const long = <D extends Default<number>>(value: D, ...rest: Rest) =>
  define<Nullable<D, number>>('LONG', value, rest);
export const double = <D extends Default<number>>(value: D, ...rest: Rest) =>
  define<Nullable<D, number>>('DOUBLE', value, rest);
export const string = <D extends Default<string>>(value: D, ...rest: Rest) =>
  define<Nullable<D, string>>('STRING', value, rest);
export const className = <D extends Default<string>>(value: D, ...rest: Rest) =>
  define<Nullable<D, string>>('CLASS', value, rest);
export const password = <D extends Default<string>>(value: D, ...rest: Rest) =>
  define<Nullable<D, string>>('PASSWORD', value, rest);
/** A comma separated list; its default is written as text. */
export const list = <D extends Default<string>>(value: D, ...rest: Rest) =>
  define<Nullable<D, readonly string[]>>('LIST', value, rest);

/** A table from rows written with {@link int} and the others: gives every definition its name. */
export function defineConfigs<const T extends Record<string, ConfigDefinition>>(rows: T): Readonly<T> {
  const named = Object.entries(rows).map(([name, row]) => [name, { ...row, name }]);
  return Object.fromEntries(named) as T;
}

type Rest = [importance: Importance, documentation: string, ...traits: Trait[]];

function define<V extends ConfigValue | null>(
  type: ConfigType,
  value: Default<boolean | number | string>,
  [importance, documentation, ...traits]: Rest,
): ConfigDefinition<V> {
  const text = value === required ? undefined : value === null ? null : defaultText(type, value);
  const usual = { validator: undefined, updateMode: 'read-only', isInternal: false } as const;
  return Object.assign({ name: '', type, default: text, importance, documentation, ...usual }, ...traits);
}

function defaultText(type: ConfigType, value: boolean | number | string): string {
  if (type === 'LONG' && value === LONG_MAX) return '9223372036854775807';
  return typeof value === 'number' && type === 'DOUBLE' ? doubleText(value) : String(value);
}

/** A double as Java prints it: always a fraction, an exponent from 10^7 up and below 10^-3. */
export function doubleText(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return String(value);
  if (size !== 0 && (size >= 1e7 || size < 1e-3)) {
    const [digits = '', exponent = ''] = value.toExponential().split('e');
    return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
