import type { BinaryReader } from './reader.ts';

/** How to read a record: every written field in order, then the reader's fields from what was read. */
export interface RecordPlan {
  readonly reads: readonly ((reader: BinaryReader) => unknown)[];
  readonly fields: readonly {
    readonly name: string;
    /** Index into `reads`, -1 when the field was not written. */
    readonly source: number;
    readonly missing: () => unknown;
  }[];
}

/**
 * A function that reads such records as plain objects. Code made for the record gives all of them one shape from the
 * start, which is several times faster than setting fields in a loop; the loop is for where that is forbidden.
 */
export function recordDecoder(plan: RecordPlan): (reader: BinaryReader) => unknown {
  return generatedDecoder(plan) ?? loopDecoder(plan);
}

function generatedDecoder({ reads, fields }: RecordPlan): ((reader: BinaryReader) => unknown) | undefined {
  const readNames = reads.map((_read, index) => `d${index}`);
  const missingNames = fields.map((_field, index) => `m${index}`);
  const used = new Set(fields.map(({ source }) => source));
  const lines = reads.map((_read, index) => `${used.has(index) ? `const f${index} = ` : ''}d${index}(r);`);
  // A computed name is a field even when it is __proto__.
  const members = fields.map(({ name, source }, index) => {
    return `[${JSON.stringify(name)}]: ${source < 0 ? `m${index}()` : `f${source}`}`;
  });
  const body = `return function (r) { ${lines.join(' ')} return { ${members.join(', ')} }; };`;
  try {
    const make = new Function(...readNames, ...missingNames, body);
    return make(...reads, ...fields.map(({ missing }) => missing)) as (reader: BinaryReader) => unknown;
  } catch {
    return undefined;
  }
}

function loopDecoder({ reads, fields }: RecordPlan): (reader: BinaryReader) => unknown {
  return (reader) => {
    const values = reads.map((read) => read(reader));
    const entries = fields.map(({ name, source, missing }) => [
      name,
      source < 0 ? missing() : values[source],
    ]);
    return Object.fromEntries(entries) as unknown;
  };
}
