import { type Field, type Fields, includesVersion, type MessageDefinition } from '../schema/index.ts';

/** A field as it is in one version. */
export interface LayoutField {
  readonly name: string;
  readonly field: Field;
  readonly isNullable: boolean;
  readonly isFlexible: boolean;
}

/** The fields of a message or struct in one version, split by how they travel. Order is that of the definition. */
export interface Layout {
  readonly version: number;
  readonly isFlexible: boolean;
  readonly all: readonly LayoutField[];
  readonly plain: readonly LayoutField[];
  /** In ascending order of tag. */
  readonly tagged: readonly LayoutField[];
  readonly absent: readonly LayoutField[];
}

/** The layout of a whole message in `version`. */
export function layoutOf(definition: MessageDefinition, version: number): Layout {
  return structLayout(definition.fields, version, includesVersion(definition.flexibleVersions, version));
}

const layouts = new WeakMap<Fields, Layout[]>();

/** The layout of a struct inside a message in `version`. Kept: values are walked with it element by element. */
export function structLayout(fields: Fields, version: number, isFlexible: boolean): Layout {
  const known = layouts.get(fields) ?? [];
  const found = known.find((layout) => layout.version === version && layout.isFlexible === isFlexible);
  if (found !== undefined) return found;
  const layout = splitFields(fields, version, isFlexible);
  layouts.set(fields, [...known, layout]);
  return layout;
}

function splitFields(fields: Fields, version: number, isFlexible: boolean): Layout {
  const all = Object.entries(fields).map(([name, field]) => ({
    name,
    field,
    isNullable: includesVersion(field.nullable, version),
    isFlexible: isFlexible && field.isFlexible,
  }));
  const isPresent = ({ field }: LayoutField) => includesVersion(field.versions, version);
  const isTagged = ({ field }: LayoutField) => includesVersion(field.taggedVersions, version);
  return {
    version,
    isFlexible,
    all,
    plain: all.filter((field) => isPresent(field) && !isTagged(field)),
    tagged: all
      .filter((field) => isPresent(field) && isTagged(field))
      .sort((a, b) => (a.field.tag ?? 0) - (b.field.tag ?? 0)),
    absent: all.filter((field) => !isPresent(field)),
  };
}

const fixedBytes: Partial<Record<Field['type'], number>> = {
  bool: 1,
  int8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  float64: 8,
  uuid: 16,
};

/** The fewest bytes that a field can take on the wire: what bounds the length of an array. */
export function bytesMin(
  { field, isNullable, isFlexible }: Omit<LayoutField, 'name'>,
  version: number,
): number {
  if (field.type === 'struct') {
    if (isNullable) return 1;
    const layout = structLayout(field.fields ?? {}, version, isFlexible);
    return layout.plain.reduce((sum, each) => sum + bytesMin(each, version), isFlexible ? 1 : 0);
  }
  if (field.type === 'string') return isFlexible ? 1 : 2;
  return fixedBytes[field.type] ?? (isFlexible ? 1 : 4);
}
