import { logicalNames } from '../../../runtime/data/index.ts';
import type { Dice } from '../dice.ts';
import type { SchemaJson } from './description.ts';
import { anyText } from './header-texts.ts';
import { anySchema, anyStructSchema, fieldNames } from './values.ts';

const numberTexts = [
  '0',
  '1',
  '-1',
  '127',
  '128',
  '-129',
  '65536',
  '2147483648',
  '9007199254740993',
  '1.0',
  '1.5',
]
  .concat([
    '-0',
    '-0.0',
    '1e3',
    '1E+2',
    '1.50',
    '0.1',
    '9223372036854775807',
    '9223372036854775808',
    '1e400',
    '1e-400',
  ])
  .concat([
    '123456789012345678901234567890',
    '-123456789012345678901',
    '1.9',
    '-1.9',
    '1e20',
    '1700000000000',
    '1e19',
  ])
  .concat(['12345678901234567.5', '3.4e39', '0.30000000000000004', '100e-2', '86400000']);

/** Any JSON value, its numbers in every spelling. */
function jsonText(dice: Dice, depth: number): string {
  const kind = dice.below(depth === 0 ? 8 : 12);
  if (kind === 0) return 'null';
  if (kind === 1) return dice.pick(['true', 'false']);
  if (kind < 5) return dice.pick(numberTexts);
  if (kind < 8) return JSON.stringify(anyText(dice));
  if (kind < 10) return `[${dice.list(0, 3, () => jsonText(dice, depth - 1)).join(',')}]`;
  return `{${dice
    .some(fieldNames, 30)
    .map((name) => `${JSON.stringify(name)}:${jsonText(dice, depth - 1)}`)
    .join(',')}}`;
}

/** What JsonConverter reads with `schemas.enable`: mostly an envelope whose payload mostly fits. */
export function envelopeText(dice: Dice): string {
  if (dice.chance(4)) return jsonText(dice, 2);
  const shape = { depth: 2 };
  const schema = dice.chance(50) ? anySchema(dice, shape) : anyStructSchema(dice, shape);
  const schemaText = dice.chance(5) ? jsonText(dice, 1) : schemaJson(dice, schema);
  const payload = payloadText(dice, schema);
  const extra = dice.chance(3) ? ',"x":1' : '';
  const text = `{"schema":${schemaText},"payload":${payload}${extra}}`;
  return dice.chance(3) ? mistaken(dice, text) : text;
}

/** JSON without a schema, with a mistake now and then. */
export function plainText(dice: Dice): string {
  const text = jsonText(dice, 3);
  return dice.chance(15) ? mistaken(dice, text) : text;
}

function mistaken(dice: Dice, text: string): string {
  const at = dice.below(text.length + 1);
  const insertion = dice.pick([
    '',
    ' ',
    ',',
    '}',
    ']',
    '0',
    '"',
    'x',
    '\\',
    'null',
    'NaN',
    '\u0001',
    '/* */',
    "'",
    '.',
  ]);
  return text.slice(0, at) + insertion + text.slice(at + dice.below(2));
}

const typeNames: Readonly<Record<string, string>> = { float32: 'float', float64: 'double' };

/** A schema as JsonConverter has it in JSON; rarely one of its keys is missing or of another type. */
export function schemaJson(dice: Dice, schema: SchemaJson, field?: string): string {
  const nested = (inner: SchemaJson | undefined) => (inner === undefined ? 'null' : schemaJson(dice, inner));
  const parts: [string, string][] = [['type', `"${typeNames[schema.type] ?? schema.type}"`]];
  if (schema.type === 'array') parts.push(['items', nested(schema.values)]);
  if (schema.type === 'map') parts.push(['keys', nested(schema.keys)], ['values', nested(schema.values)]);
  if (schema.type === 'struct') {
    const fields = (schema.fields ?? []).map((each) => schemaJson(dice, each.schema, each.name));
    parts.push(['fields', `[${fields.join(',')}]`]);
  }
  if (schema.optional !== undefined || dice.chance(50))
    parts.push(['optional', String(schema.optional === true)]);
  if (schema.name !== undefined) parts.push(['name', JSON.stringify(schema.name)]);
  if (schema.version !== undefined) parts.push(['version', String(schema.version)]);
  if (schema.doc !== undefined) parts.push(['doc', JSON.stringify(schema.doc)]);
  if (schema.parameters !== undefined) parts.push(['parameters', JSON.stringify(schema.parameters)]);
  if (schema.default !== undefined)
    parts.push(['default', payloadText(dice, { ...schema, optional: false }, false)]);
  if (field !== undefined) parts.push(['field', JSON.stringify(field)]);
  const kept = parts
    .filter(() => dice.below(150) > 0)
    .map(
      ([name, text]) => `"${name}":${name !== 'version' && dice.below(300) === 0 ? jsonText(dice, 1) : text}`,
    );
  return `{${kept.join(',')}}`;
}

/** JSON of a value of the schema; `canBeWrong`: rarely of another type. */
export function payloadText(dice: Dice, schema: SchemaJson, canBeWrong = true): string {
  if (canBeWrong && dice.chance(4)) return jsonText(dice, 1);
  if ((schema.optional === true || schema.default !== undefined) && dice.chance(20) && canBeWrong)
    return 'null';
  if (schema.name?.startsWith('org.apache')) return logicalText(dice, schema);
  const inner = (item: SchemaJson | undefined) =>
    item === undefined ? jsonText(dice, 1) : payloadText(dice, item, canBeWrong);
  switch (schema.type) {
    case 'boolean':
      return dice.pick(['true', 'false']);
    case 'string':
      return JSON.stringify(anyText(dice));
    case 'bytes':
      return base64Text(dice, dice.bytes(9));
    case 'array':
      return `[${dice.list(0, 3, () => inner(schema.values)).join(',')}]`;
    case 'map': {
      if (schema.keys?.type !== 'string') {
        return `[${dice.list(0, 3, () => `[${inner(schema.keys)},${inner(schema.values)}]`).join(',')}]`;
      }
      const names = dice.some(fieldNames, 30);
      return `{${names.map((name) => `${JSON.stringify(name)}:${inner(schema.values)}`).join(',')}}`;
    }
    case 'struct': {
      const fields = (schema.fields ?? []).filter(() => !canBeWrong || !dice.chance(4));
      return `{${fields.map((each) => `${JSON.stringify(each.name)}:${inner(each.schema)}`).join(',')}}`;
    }
    default:
      return dice.pick(numberTexts);
  }
}

function base64Text(dice: Dice, bytes: Buffer): string {
  const text = bytes.toString('base64');
  if (dice.chance(95)) return JSON.stringify(text);
  return JSON.stringify(
    dice.pick([text.replaceAll('=', ''), `${text}=`, text.slice(1), `${text}\n`, `-_${text}`, ' ', '====']),
  );
}

function logicalText(dice: Dice, schema: SchemaJson): string {
  if (schema.name !== logicalNames.decimal) return dice.pick(numberTexts);
  return dice.chance(50) ? base64Text(dice, dice.bytes(9)) : dice.pick(numberTexts);
}
