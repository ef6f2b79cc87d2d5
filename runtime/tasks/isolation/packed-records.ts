import { Decimal, type Schema } from '../../plugin/index.ts';

/** Most schemas that both sides remember; beyond it they begin anew. */
const SCHEMAS_MAX = 256;

/** A record of either side, with the schemas that are replaced. */
interface AnyRecord {
  readonly keySchema?: Schema | undefined;
  readonly valueSchema?: Schema | undefined;
}

/** Records on their way between runtime and isolated plugin. */
export interface PackedRecords {
  /** As they were, but each schema is the number that stands for it. */
  readonly records: readonly object[];
  /** Those that the other side does not know yet. */
  readonly schemas: readonly (readonly [id: number, schema: Schema])[];
  /** Whether all earlier schemas are to be forgotten first. */
  readonly isReset: boolean;
  /** All decimals in `records` and `schemas`: the copies are the same objects there and here, without their class. */
  readonly decimals: readonly object[];
}

/** Packs batches. Schemas are sent once, so that their identity, which converters cache by, survives. */
export class RecordPacker {
  readonly #ids = new Map<Schema, number>();
  #isReset = false;

  /** It is not known whether the last batch arrived: all schemas are sent again. */
  reset(): void {
    this.#isReset = true;
  }

  pack(records: readonly AnyRecord[]): PackedRecords {
    const isReset = this.#isReset || this.#ids.size >= SCHEMAS_MAX;
    if (isReset) this.#ids.clear();
    this.#isReset = false;
    const schemas: (readonly [number, Schema])[] = [];
    const idOf = (schema: Schema | undefined): number | undefined => {
      if (schema === undefined || schema === null) return undefined;
      const known = this.#ids.get(schema);
      if (known !== undefined) return known;
      const id = this.#ids.size;
      this.#ids.set(schema, id);
      schemas.push([id, schema]);
      return id;
    };
    const packed = records.map((record) => ({
      ...record,
      keySchema: idOf(record.keySchema),
      valueSchema: idOf(record.valueSchema),
    }));
    const decimals: object[] = [];
    const seen = new Set<object>();
    collectDecimals(packed, decimals, seen);
    collectDecimals(schemas, decimals, seen);
    return { records: packed, schemas, isReset, decimals };
  }
}

/** The other end of a {@link RecordPacker}: batches in the order they were packed. */
export class RecordUnpacker {
  readonly #schemas = new Map<number, Schema>();

  unpack<R>({ records, schemas, isReset, decimals }: PackedRecords): R[] {
    if (decimals.length > 0) {
      const isDecimal = new Set(decimals);
      const seen = new Set<object>();
      reviveDecimals(records, isDecimal, seen);
      reviveDecimals(schemas, isDecimal, seen);
    }
    if (isReset) this.#schemas.clear();
    for (const [id, schema] of schemas) this.#schemas.set(id, schema);
    return records.map((record) => {
      const { keySchema, valueSchema } = record as {
        readonly keySchema?: number;
        readonly valueSchema?: number;
      };
      return {
        ...record,
        keySchema: keySchema === undefined ? undefined : this.#schemas.get(keySchema),
        valueSchema: valueSchema === undefined ? undefined : this.#schemas.get(valueSchema),
      } as R;
    });
  }
}

function collectDecimals(value: unknown, found: object[], seen: Set<object>): void {
  if (!isWalked(value) || seen.has(value)) return;
  seen.add(value);
  if (value instanceof Decimal) found.push(value);
  else for (const each of partsOf(value)) collectDecimals(each, found, seen);
}

function reviveDecimals(value: unknown, isDecimal: ReadonlySet<object>, seen: Set<object>): void {
  if (!isWalked(value) || seen.has(value)) return;
  seen.add(value);
  if (value instanceof Map) reviveMap(value, isDecimal);
  else if (!(value instanceof Set)) {
    const fields = value as Record<string, unknown>;
    for (const [name, each] of Object.entries(fields)) fields[name] = revived(each, isDecimal);
  }
  for (const each of partsOf(value)) reviveDecimals(each, isDecimal, seen);
}

function reviveMap(map: Map<unknown, unknown>, isDecimal: ReadonlySet<object>): void {
  const entries = [...map];
  map.clear();
  for (const [key, each] of entries) map.set(revived(key, isDecimal), revived(each, isDecimal));
}

function revived(value: unknown, isDecimal: ReadonlySet<object>): unknown {
  if (typeof value !== 'object' || value === null || !isDecimal.has(value)) return value;
  const { unscaled, scale } = value as { readonly unscaled: bigint; readonly scale: number };
  return new Decimal(unscaled, scale);
}

/** Whether there may be a decimal in it. */
function isWalked(value: unknown): value is object {
  return (
    typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !(value instanceof Date)
  );
}

function partsOf(value: object): Iterable<unknown> {
  if (Array.isArray(value)) return value;
  return value instanceof Map ? [...value.keys(), ...value.values()] : Object.values(value);
}
