import { type Fields, getField, setField, type Value } from './value.ts';

/** Reads and makes plain objects that have the same fields. */
export interface StructShape {
  /** Puts the fields' values into `values`, in order; null where one is absent. Longer arrays keep what is behind them. */
  read(struct: Fields, values: Value[]): void;
  /** An object of the first so many `values`, in order. */
  make(values: readonly Value[]): Fields;
}

const SHAPES_MAX = 1000;
/** Beyond this, engines keep the fields of an object in a table anyway. */
const GENERATED_FIELDS_MAX = 250;

const known = new Map<string, StructShape>();

/**
 * The shape of objects with these fields, which is kept: ask for it once per schema, not per record. Code made for the
 * names reads and makes an object several times faster than a loop over them; the loop is for where that is forbidden.
 */
export function structShape(names: readonly string[]): StructShape {
  const key = JSON.stringify(names);
  let shape = known.get(key);
  if (shape === undefined) {
    shape = generatedShape(names) ?? loopShape(names);
    if (known.size >= SHAPES_MAX) known.delete(known.keys().next().value ?? '');
    known.set(key, shape);
  }
  return shape;
}

function generatedShape(names: readonly string[]): StructShape | undefined {
  if (names.length > GENERATED_FIELDS_MAX) return undefined;
  const reads = names.map((name, index) => `v[${index}] = ${readOf(name)};`);
  // A computed name is a field even when it is __proto__.
  const members = names.map((name, index) => `[${JSON.stringify(name)}]: v[${index}]`);
  try {
    const read = new Function('own', `return function (s, v) { ${reads.join(' ')} };`)(Object.hasOwn);
    const make = new Function(`return function (v) { return { ${members.join(', ')} }; };`)();
    return { read, make };
  } catch {
    return undefined;
  }
}

/** What every object inherits is no field. */
function readOf(name: string): string {
  const text = JSON.stringify(name);
  return name in Object.prototype ? `own(s, ${text}) ? s[${text}] ?? null : null` : `s[${text}] ?? null`;
}

/** The same without generated code. */
export function loopShape(names: readonly string[]): StructShape {
  return {
    read(struct, values) {
      for (let index = 0; index < names.length; index++)
        values[index] = getField(struct, names[index] as string);
    },
    make(values) {
      const struct: Fields = {};
      for (let index = 0; index < names.length; index++)
        setField(struct, names[index] as string, values[index]);
      return struct;
    },
  };
}
