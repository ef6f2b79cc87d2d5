import { javaTrim, type PrimitiveType } from '../data/index.ts';
import { ConfigError } from '../plugin/index.ts';

/** What can be cast to. */
export type CastType = Exclude<PrimitiveType, 'bytes'>;

const castTypes: readonly CastType[] = [
  'int8',
  'int16',
  'int32',
  'int64',
  'float32',
  'float64',
  'boolean',
  'string',
];

const schemaTypes: readonly string[] = [...castTypes, 'bytes', 'array', 'map', 'struct'];

/** A read `spec`: the type of the whole value, or of fields by name. */
export interface CastSpec {
  readonly whole: CastType | undefined;
  readonly fields: ReadonlyMap<string, CastType>;
}

/** Reads `type` or a list of `field:type`. Throws {@link ConfigError}. */
export function parseCastSpec(entries: readonly string[]): CastSpec {
  const fields = new Map<string, CastType>();
  let whole: CastType | undefined;
  for (const entry of entries) {
    const [first = '', second, ...rest] = entry.split(':');
    if (rest.length > 0) throw invalidMapping(entries, entry);
    if (second === undefined || second === '') whole = castType(first);
    else fields.set(javaTrim(first), castType(second));
  }
  if (whole !== undefined && entries.length > 1) {
    throw new ConfigError(
      'Cast transformations that specify a type to cast the entire value to may only specify a single cast in their spec',
    );
  }
  return { whole, fields };
}

function invalidMapping(entries: readonly string[], entry: string): ConfigError {
  return new ConfigError(
    `Invalid value [${entries.join(', ')}] for configuration renames: Invalid rename mapping: ${entry}`,
  );
}

function castType(text: string): CastType {
  const name = javaTrim(text).toLowerCase();
  const type = castTypes.find((candidate) => candidate === name);
  if (type !== undefined) return type;
  if (!schemaTypes.includes(name)) {
    // As Java puts it: the cause in the place of the value.
    const cause = `java.lang.IllegalArgumentException: No enum constant org.apache.kafka.connect.data.Schema.Type.${name.toUpperCase()}`;
    throw new ConfigError(
      `Invalid value ${cause} for configuration Invalid type found in casting spec: ${javaTrim(text)}`,
    );
  }
  const supported = castTypes.map((candidate) => candidate.toUpperCase()).join(', ');
  throw new ConfigError(
    `Cast transformation does not support casting to ${name.toUpperCase()}; supported types are [${supported}]`,
  );
}
