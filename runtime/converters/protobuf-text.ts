import { DataError, logicalNames, type Schema } from '../data/index.ts';
import { metaKeys, protobufNames } from './protobuf-names.ts';

/**
 * What a field's schema says that Protobuf has no place for, as the value of an option; undefined when it says nothing. The
 * scale of a decimal is always said: without it the value means nothing.
 */
export function fieldMeta(schema: Schema, hasMetadata: boolean): string | undefined {
  const isSmall = schema.type === 'int8' || schema.type === 'int16';
  const isDecimal = schema.name === logicalNames.decimal;
  const isLogical = Object.values(logicalNames).some((name) => name === schema.name);
  const precision = schema.parameters?.['connect.decimal.precision'];
  const params = {
    ...(isSmall && hasMetadata && { [metaKeys.type]: schema.type }),
    ...(isDecimal && precision !== undefined && { [metaKeys.precision]: precision }),
    ...(isDecimal && { [metaKeys.scale]: schema.parameters?.['scale'] ?? '0' }),
    ...(schema.type === 'struct' || !hasMetadata ? {} : facts(schema, isLogical)),
  };
  return meta(schema.type === 'struct' || !hasMetadata ? undefined : schema.doc, params);
}

/** The same for a message. */
export function messageMeta(schema: Schema): string | undefined {
  return meta(schema.doc, facts(schema, false));
}

/** The options of a field: the meta data, when there is any. */
export function annotation(value: string | undefined): string {
  return value === undefined ? '' : ` [(confluent.field_meta) = ${value}]`;
}

/** An enum from the parameters of its schema, zero first. Throws {@link DataError} for numbers that are none. */
export function enumText(name: string, { parameters = {} }: Schema): string[] {
  const prefix = `${protobufNames.enum}.`;
  const symbols = Object.entries(parameters)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, number]) => [key.slice(prefix.length), Number(number)] as const)
    .sort(([, left], [, right]) => left - right);
  if (symbols.some(([, number]) => !Number.isInteger(number)))
    throw new DataError(`The enum ${name} has a symbol whose parameter is not a number.`);
  const ordered = [
    ...symbols.filter(([, number]) => number === 0),
    ...symbols.filter(([, number]) => number !== 0),
  ];
  const isAliased = new Set(symbols.map(([, number]) => number)).size < symbols.length;
  const lines = ordered.map(([symbol, number]) => `${symbol} = ${number};`);
  return [
    `enum ${name} {`,
    ...indentedLines([...(isAliased ? ['option allow_alias = true;'] : []), ...lines]),
    '}',
  ];
}

/** Each line two spaces further in. */
export function indentedLines(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

/** Version and parameters, without those that the schema itself shows. */
function facts({ version, parameters = {} }: Schema, isLogical: boolean): Record<string, string> {
  const own = Object.entries(parameters).filter(
    ([key]) =>
      key !== protobufNames.tag &&
      !key.startsWith(protobufNames.enum) &&
      !(isLogical && (key === 'scale' || key === 'connect.decimal.precision')),
  );
  // Logical types have version 1 of themselves.
  const isKept = version !== undefined && !(isLogical && version === 1);
  return { ...(isKept && { [metaKeys.version]: String(version) }), ...Object.fromEntries(own) };
}

function meta(doc: string | undefined, params: Readonly<Record<string, string>>): string | undefined {
  const entries = Object.entries(params).map(
    ([key, value]) => `{ key: ${quoted(key)} value: ${quoted(value)} }`,
  );
  if (doc === undefined && entries.length === 0) return undefined;
  const parts = [
    ...(doc === undefined ? [] : [`doc: ${quoted(doc)}`]),
    ...(entries.length === 0 ? [] : [`params: [${entries.join(', ')}]`]),
  ];
  return `{ ${parts.join(' ')} }`;
}

/** A string as Protobuf writes it: control characters in octal. */
function quoted(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to be escaped
  const escaped = text.replace(/["\\\u0000-\u001f\u007f]/g, (character) =>
    character === '"' || character === '\\'
      ? `\\${character}`
      : `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return `"${escaped}"`;
}
