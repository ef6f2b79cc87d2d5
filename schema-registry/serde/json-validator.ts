import type { Ajv, AnySchemaObject, ErrorObject, Options, ValidateFunction } from 'ajv';
import { SchemaParseError } from '../errors.ts';
import { dependentAsConditions } from '../json/dependent-schemas.ts';
import { type Draft, draftOf, isModern } from '../json/draft.ts';
import { drafted4As7, withoutSiblings } from '../json/draft-4.ts';
import { linearPattern } from '../json/linear-pattern.ts';
import type { ResolvedReference } from '../language.ts';

/** Says what is wrong with a value; undefined when it is valid. */
export type Validate = (value: unknown) => string | undefined;

/**
 * Compiles a JSON Schema, with the texts it refers to. Unknown keywords and formats do not matter, `$ref`s are never
 * fetched, and patterns run in linear time. Rejects with {@link SchemaParseError}.
 */
export async function compileValidator(
  text: string,
  references: readonly ResolvedReference[],
): Promise<Validate> {
  const [schema, draft] = prepared(text);
  const ajv = await (references.length === 0 ? sharedAjv(draft) : createAjv(draft));
  try {
    for (const { name, schema: referred } of references) ajv.addSchema(prepared(referred)[0], name);
    const validate = ajv.compile(schema);
    ajv.removeSchema(schema);
    return (value) => (validate(value) ? undefined : describe(validate));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SchemaParseError(`the JSON Schema cannot validate anything: ${reason}`, { cause: error });
  }
}

/** `$schema` has done its work once the draft is known; ajv would ask for the document it names. */
function prepared(text: string): readonly [schema: AnySchemaObject | boolean, draft: Draft] {
  const schema = JSON.parse(text) as unknown;
  if (typeof schema !== 'object' || schema === null) return [schema === true, '07'];
  const { $schema: url, ...rest } = schema as AnySchemaObject;
  const draft = draftOf(url);
  if (isModern(draft)) {
    const isEvaluated = text.includes('"unevaluatedProperties"');
    return [isEvaluated ? (dependentAsConditions(rest) as AnySchemaObject) : rest, draft];
  }
  const alone = withoutSiblings(rest);
  return [(draft === '04' ? drafted4As7(alone) : alone) as AnySchemaObject, draft];
}

const options: Options = {
  strict: false,
  // A schema is known by its id to nothing but itself: another one may have the same.
  addUsedSchema: false,
  // What JavaScript objects inherit is no property of a document.
  ownProperties: true,
  logger: false,
  code: {
    regExp: Object.assign((pattern: string) => linearPattern(pattern), { code: 'linearPattern' }),
  },
};

/** After so many schemas a new instance takes over: of each one, it keeps a little. */
const schemasPerAjv = 100;

const shared = new Map<Draft, { readonly ajv: Promise<Ajv>; schemas: number }>();

/** To begin costs more than a schema does: those that refer to no others share the beginning. */
function sharedAjv(draft: Draft): Promise<Ajv> {
  const known = shared.get(draft);
  if (known !== undefined && known.schemas < schemasPerAjv) {
    known.schemas += 1;
    return known.ajv;
  }
  const ajv = createAjv(draft);
  shared.set(draft, { ajv, schemas: 1 });
  return ajv;
}

async function createAjv(draft: Draft): Promise<Ajv> {
  const [ajv, formats] = await Promise.all([loadAjv(draft), import('ajv-formats')]);
  formats.default.default(ajv);
  return ajv;
}

async function loadAjv(draft: Draft): Promise<Ajv> {
  if (draft === '2020-12') return new (await import('ajv/dist/2020.js')).Ajv2020(options);
  if (draft === '2019-09') return new (await import('ajv/dist/2019.js')).Ajv2019(options);
  return new (await import('ajv')).Ajv(options);
}

function describe({ errors }: ValidateFunction): string {
  const texts = (errors ?? []).map(
    ({ instancePath, message }: ErrorObject) => `${instancePath || '/'} ${message ?? 'is invalid'}`,
  );
  return texts.join('; ');
}
