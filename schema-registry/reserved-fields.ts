import type { SchemaType } from './language.ts';

/** The metadata property that lists, with commas, the fields that a schema keeps for later. */
const reservedProperty = 'confluent:reserved';

/** The fields that the metadata's properties reserve. */
export function reservedFields(properties: Readonly<Record<string, string>> | undefined): readonly string[] {
  const names = (properties?.[reservedProperty] ?? '').split(',').map((name) => name.trim());
  return names.filter((name) => name !== '');
}

/** What a schema uses and reserves at its top. */
export interface FieldUse {
  readonly fields: readonly string[];
  readonly reserved: readonly string[];
}

/** Messages for reservations of `old` that `candidate` gave up, and for fields of its own that it reserves. */
export function reservedFieldProblems(
  type: SchemaType,
  candidate: FieldUse,
  old: Pick<FieldUse, 'reserved'>,
): readonly string[] {
  const [open, close, noun] = forms[type];
  const problem = (kind: string, description: string) =>
    `{errorType:${open}${kind}${open}, description:${open}${description}${close}}`;
  const removed = old.reserved.filter((name) => !candidate.reserved.includes(name));
  const word = noun.toLowerCase();
  return [
    ...removed.map((name) =>
      problem(
        `RESERVED_${noun}_REMOVED`,
        `The new schema has reserved ${word} ${name} removed from its metadata which is present in the old schema's metadata.`,
      ),
    ),
    ...conflicts(candidate).map((name) =>
      problem(
        conflictType(type),
        `The new schema has ${word} that conflicts with the reserved ${word} ${name}.`,
      ),
    ),
  ];
}

/** The fields that a schema reserves and has nevertheless. */
export function conflicts({ fields, reserved }: FieldUse): readonly string[] {
  return reserved.filter((name) => fields.includes(name));
}

/** How the messages of each language quote, and what a field is called. */
const forms: Readonly<Record<SchemaType, readonly [open: string, close: string, noun: string]>> = {
  AVRO: ["'", "'", 'FIELD'],
  JSON: ['"', "'", 'PROPERTY'],
  PROTOBUF: ['"', '"', 'FIELD'],
};

function conflictType(type: SchemaType): string {
  return type === 'JSON'
    ? 'RESERVED_PROPERTY_CONFLICTS_WITH_PROPERTY'
    : 'FIELD_CONFLICTS_WITH_RESERVED_FIELD';
}
