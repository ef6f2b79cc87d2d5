import type { JsonObject, JsonTree } from '../json-text/tree.ts';
import type { AvroName, PrimitiveKind } from './names.ts';

/** Properties that Avro itself does not use, in the order of the text: logical types are among them. */
interface WithProps {
  readonly props: JsonObject;
}

interface Named extends WithProps {
  readonly name: AvroName;
  readonly doc: string | undefined;
  readonly aliases: readonly AvroName[];
}

interface AvroPrimitive extends WithProps {
  readonly kind: PrimitiveKind;
}

interface AvroArray extends WithProps {
  readonly kind: 'array';
  items: AvroSchema;
}

interface AvroMap extends WithProps {
  readonly kind: 'map';
  values: AvroSchema;
}

export interface AvroUnion {
  readonly kind: 'union';
  readonly branches: AvroSchema[];
}

export interface AvroField extends WithProps {
  readonly name: string;
  type: AvroSchema;
  readonly doc: string | undefined;
  /** Undefined when the field has no default; a default of `null` is `null`. */
  readonly default: JsonTree | undefined;
  readonly order: FieldOrder;
  readonly aliases: readonly string[];
}

export type FieldOrder = 'ascending' | 'descending' | 'ignore';

export interface AvroRecord extends Named {
  readonly kind: 'record';
  readonly isError: boolean;
  readonly fields: AvroField[];
}

export interface AvroEnum extends Named {
  readonly kind: 'enum';
  readonly symbols: readonly string[];
  readonly default: string | undefined;
}

export interface AvroFixed extends Named {
  readonly kind: 'fixed';
  /** Bytes. */
  readonly size: number;
}

export type AvroNamed = AvroRecord | AvroEnum | AvroFixed;

/**
 * An Avro schema as a graph: each use of a named type is the one object of its definition, so recursion is a cycle.
 * Every other use of a type is an object of its own. Slots are filled while parsing and never change afterwards.
 */
export type AvroSchema = AvroPrimitive | AvroArray | AvroMap | AvroUnion | AvroNamed;

/** A parsed text: its schema, and the names that come from the references and are not printed again. */
export interface AvroDocument {
  readonly root: AvroSchema;
  readonly referenced: ReadonlySet<string>;
}

export function isNamed(schema: AvroSchema): schema is AvroNamed {
  return schema.kind === 'record' || schema.kind === 'enum' || schema.kind === 'fixed';
}
