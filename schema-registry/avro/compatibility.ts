import { SchemaCheckError } from '../errors.ts';
import { StepCounter } from '../limits.ts';
import { printSchema } from './printer.ts';
import type { AvroEnum, AvroField, AvroFixed, AvroNamed, AvroRecord, AvroSchema } from './schema.ts';

/** Why a reader cannot read a writer's data, named as Avro's `SchemaIncompatibilityType`. */
type IncompatibilityType =
  | 'TYPE_MISMATCH'
  | 'NAME_MISMATCH'
  | 'FIXED_SIZE_MISMATCH'
  | 'MISSING_ENUM_SYMBOLS'
  | 'READER_FIELD_MISSING_DEFAULT_VALUE'
  | 'MISSING_UNION_BRANCH';

/** One finding: `path` points into the reader's schema (`/fields/0/type`), `info` is the detail of that type. */
export interface Incompatibility {
  readonly type: IncompatibilityType;
  readonly path: string;
  readonly info: string;
}

/**
 * Every reason why data written with `writer` cannot be read with `reader`, depth first, as Avro 1.12's
 * `SchemaCompatibility`: namespaces, documentation, order and logical types do not matter.
 * Throws `SchemaLimitError` when it is too much, {@link SchemaCheckError} when a field's aliases match two fields of the writer.
 */
export function incompatibilities(reader: AvroSchema, writer: AvroSchema): readonly Incompatibility[] {
  return new Check().compare(reader, writer, []);
}

/** Steps of this walk cost more than Protobuf's: each remembers what it has found. */
const stepsMax = 100_000;

type Path = readonly (string | number)[];
type Findings = readonly Incompatibility[];

const none: Findings = [];

class Check {
  readonly #steps = new StepCounter(stepsMax);
  /** A pair that is being compared already is taken as compatible: that is how recursion ends. */
  readonly #known = new Map<AvroSchema, Map<AvroSchema, Findings>>();
  readonly #fieldsByName = new Map<AvroRecord, ReadonlyMap<string, AvroField>>();

  compare(reader: AvroSchema, writer: AvroSchema, path: Path): Findings {
    this.#steps.step();
    const byWriter = this.#known.get(reader) ?? new Map<AvroSchema, Findings>();
    this.#known.set(reader, byWriter);
    const known = byWriter.get(writer);
    if (known !== undefined) return known;
    byWriter.set(writer, none);
    const findings = this.#calculate(reader, writer, path);
    byWriter.set(writer, findings);
    return findings;
  }

  #calculate(reader: AvroSchema, writer: AvroSchema, path: Path): Findings {
    if (writer.kind === 'union') {
      const compareBranch = (branch: AvroSchema, index: number) =>
        reader.kind === 'union'
          ? this.#branch(reader.branches, branch, [...path, index])
          : this.compare(reader, branch, [...path, index]);
      return writer.branches.flatMap(compareBranch);
    }
    if (reader.kind === 'union') return this.#branch(reader.branches, writer, path);
    if (reader.kind === 'array' && writer.kind === 'array') {
      return this.compare(reader.items, writer.items, [...path, 'items']);
    }
    if (reader.kind === 'map' && writer.kind === 'map') {
      return this.compare(reader.values, writer.values, [...path, 'values']);
    }
    if (reader.kind === 'record' && writer.kind === 'record') {
      return [...checkName(reader, writer, path), ...this.#fields(reader, writer, path)];
    }
    if (reader.kind === 'enum' && writer.kind === 'enum') {
      return [...checkName(reader, writer, path), ...checkSymbols(reader, writer, path)];
    }
    if (reader.kind === 'fixed' && writer.kind === 'fixed') {
      return [...checkName(reader, writer, path), ...checkSize(reader, writer, path)];
    }
    return reader.kind === writer.kind || promotions.get(reader.kind)?.includes(writer.kind)
      ? none
      : [mismatch(reader, writer, path)];
  }

  /**
   * What is wrong inside the branches does not matter: one of them reads the writer's type, or none. Should the same two
   * types meet again, though, their findings have paths that begin here, as Avro has it.
   */
  #branch(branches: readonly AvroSchema[], writer: AvroSchema, path: Path): Findings {
    if (branches.some((branch) => this.compare(branch, writer, []).length === 0)) return none;
    const info = `reader union lacking writer type: ${writer.kind.toUpperCase()}`;
    return [finding('MISSING_UNION_BRANCH', path, info)];
  }

  #fields(reader: AvroRecord, writer: AvroRecord, path: Path): Findings {
    this.#steps.step(reader.fields.length);
    return reader.fields.flatMap((field, index) => {
      const fieldPath = [...path, 'fields', index];
      const written = this.#writerField(field, index, writer);
      if (written !== undefined) return this.compare(field.type, written.type, [...fieldPath, 'type']);
      if (field.default !== undefined) return none;
      // Avro's own quirk: an enum with a default of its own is compared with the writer's record, and fails so.
      if (field.type.kind === 'enum' && field.type.default !== undefined) {
        return this.compare(field.type, writer, [...fieldPath, 'type']);
      }
      return finding('READER_FIELD_MISSING_DEFAULT_VALUE', fieldPath, field.name);
    });
  }

  /** The field of `writer` that `field` reads, by name or alias. Throws when there are two, or one by name and by alias. */
  #writerField(field: AvroField, position: number, writer: AvroRecord): AvroField | undefined {
    const byName = this.#fieldsByName.get(writer) ?? new Map(writer.fields.map((each) => [each.name, each]));
    this.#fieldsByName.set(writer, byName);
    const matches = [field.name, ...field.aliases].flatMap((name) => byName.get(name) ?? []);
    if (matches.length > 1) {
      const described = `${field.name} type:${field.type.kind.toUpperCase()} pos:${position}`;
      throw new SchemaCheckError(
        `Reader record field ${described} matches multiple fields in writer record schema ${printSchema(writer)}`,
      );
    }
    return matches[0];
  }
}

const promotions: ReadonlyMap<AvroSchema['kind'], readonly AvroSchema['kind'][]> = new Map([
  ['long', ['int']],
  ['float', ['int', 'long']],
  ['double', ['int', 'long', 'float']],
  ['bytes', ['string']],
  ['string', ['bytes']],
]);

function checkName(reader: AvroNamed, writer: AvroNamed, path: Path): Findings {
  const isAlias = reader.aliases.some(({ full }) => full === writer.name.full);
  if (reader.name.name === writer.name.name || isAlias) return none;
  return [finding('NAME_MISMATCH', [...path, 'name'], `expected: ${writer.name.full}`)];
}

function checkSymbols(reader: AvroEnum, writer: AvroEnum, path: Path): Findings {
  const known = new Set(reader.symbols);
  const missing = writer.symbols.filter((symbol) => !known.has(symbol));
  if (missing.length === 0 || reader.default !== undefined) return none;
  return [finding('MISSING_ENUM_SYMBOLS', [...path, 'symbols'], `[${missing.toSorted().join(', ')}]`)];
}

function checkSize(reader: AvroFixed, writer: AvroFixed, path: Path): Findings {
  if (reader.size === writer.size) return none;
  const info = `expected: ${writer.size}, found: ${reader.size}`;
  return [finding('FIXED_SIZE_MISMATCH', [...path, 'size'], info)];
}

function mismatch(reader: AvroSchema, writer: AvroSchema, path: Path): Incompatibility {
  const [read, written] = [reader.kind.toUpperCase(), writer.kind.toUpperCase()];
  return finding('TYPE_MISMATCH', path, `reader type: ${read} not compatible with writer type: ${written}`);
}

function finding(type: IncompatibilityType, path: Path, info: string): Incompatibility {
  return { type, path: `/${path.join('/')}`, info };
}
