import { changedFeatures, type Features } from './features.ts';
import { type LinkedFile, resolveType } from './files.ts';
import { checkOptions } from './option-checks.ts';
import { problemAt } from './problem.ts';
import { isPlainOption, isScalar, type OptionValue, optionNamed, type ProtoField } from './syntax-tree.ts';

/** Where a field is. */
export interface FieldPlace {
  readonly file: LinkedFile;
  readonly scope: string;
  readonly features: Features;
  readonly isInOneof: boolean;
}

/** Label and options must fit the field's type and the file's syntax. Throws `SchemaParseError`. */
export function checkField(field: ProtoField, place: FieldPlace): void {
  const { label, options, at } = field;
  const isEdition = place.file.file.edition !== undefined;
  if (isEdition && (label === 'optional' || label === 'required'))
    throw problemAt(`editions have no ${label} fields: features.field_presence says that`, at);
  const own = options.filter(
    (option) => !isPlainOption(option, 'default') && !isPlainOption(option, 'json_name'),
  );
  checkOptions('FieldOptions', own, { isEdition, at });
  checkSpecial(field, place);
  checkEncoding(field, place);
}

/** `default` and `json_name`, which are options in text alone. */
function checkSpecial(field: ProtoField, place: FieldPlace): void {
  const { options, at } = field;
  for (const name of ['default', 'json_name']) {
    const count = options.filter((option) => isPlainOption(option, name)).length;
    if (count > 1) throw problemAt(`the option "${name}" is set twice`, at);
  }
  const jsonName = optionNamed(options, 'json_name');
  if (jsonName !== undefined && jsonName.kind !== 'string') throw problemAt('a JSON name is a string', at);
  const fallback = optionNamed(options, 'default');
  if (fallback === undefined) return;
  const { presence } = changedFeatures(place.features, options);
  if (field.label === 'repeated' || field.mapKey !== undefined)
    throw problemAt(`"${field.name}" has a default, but is no single value`, at);
  if (presence === 'IMPLICIT' && !place.isInOneof)
    throw problemAt(`"${field.name}" has a default, but its presence is implicit`, at);
  const problem = defaultProblem(field, fallback, place);
  if (problem !== undefined) throw problemAt(`the default of "${field.name}" ${problem}`, at);
}

const integers: Readonly<Record<string, readonly [min: bigint, max: bigint]>> = Object.fromEntries([
  ...['int32', 'sint32', 'sfixed32'].map((type) => [type, [-(1n << 31n), (1n << 31n) - 1n]]),
  ...['int64', 'sint64', 'sfixed64'].map((type) => [type, [-(1n << 63n), (1n << 63n) - 1n]]),
  ...['uint32', 'fixed32'].map((type) => [type, [0n, (1n << 32n) - 1n]]),
  ...['uint64', 'fixed64'].map((type) => [type, [0n, (1n << 64n) - 1n]]),
]) as Record<string, readonly [bigint, bigint]>;

function defaultProblem(
  { type }: ProtoField,
  value: OptionValue,
  { file, scope }: FieldPlace,
): string | undefined {
  const range = integers[type];
  if (range !== undefined) return integerProblem(value, range);
  if (type === 'bool')
    return value.kind === 'word' && /^(?:true|false)$/.test(value.text) ? undefined : 'is not true or false';
  if (type === 'string' || type === 'bytes') return value.kind === 'string' ? undefined : 'is no string';
  if (type === 'float' || type === 'double') {
    const isNamed = (value.kind === 'word' || value.kind === 'number') && /^-?(?:inf|nan)$/.test(value.text);
    const isNumber = value.kind === 'number' && /^-?[.\d]/.test(value.text);
    return isNamed || isNumber ? undefined : 'is no number';
  }
  const definition = resolveType(file, type, scope);
  if (definition?.kind === 'message') return 'is one of a message';
  const isConstant =
    value.kind === 'word' && definition?.element.constants.some(({ name }) => name === value.text);
  return definition === undefined || isConstant ? undefined : 'is no constant of its enum';
}

function integerProblem(value: OptionValue, [min, max]: readonly [bigint, bigint]): string | undefined {
  const text = value.kind === 'number' ? value.text : '';
  const magnitude = text.replace('-', '');
  if (!/^(?:0[xX][\da-fA-F]+|0[0-7]*|[1-9]\d*)$/.test(magnitude)) return 'is no integer';
  const literal = /^0\d/.test(magnitude) ? `0o${magnitude.slice(1)}` : magnitude;
  const number = text.startsWith('-') ? -BigInt(literal) : BigInt(literal);
  return number < min || number > max ? 'is out of range' : undefined;
}

/** Options that say how a value is written are for values that can be. */
function checkEncoding(field: ProtoField, { file, scope, isInOneof }: FieldPlace): void {
  const { name, type, label, mapKey, options, at } = field;
  const isSet = (option: string) => optionNamed(options, option) !== undefined;
  const kind = isScalar(type) ? 'scalar' : resolveType(file, type, scope)?.kind;
  const isText = type === 'string' || type === 'bytes';
  const isPackable = label === 'repeated' && !isText && kind !== 'message';
  const packed = optionNamed(options, 'packed');
  const isPacked = packed?.kind === 'word' && packed.text === 'true';
  const refuse = (problem: string) => {
    throw problemAt(`"${name}" ${problem}`, at);
  };
  if (packed !== undefined && file.file.edition !== undefined)
    refuse('is packed by an option that editions do not have');
  if (isPacked && !isPackable) refuse('cannot be packed');
  if (isSet('lazy') && kind !== 'message') refuse('is lazy, but no message');
  if (isSet('jstype') && !/64$/.test(type)) refuse('has a jstype, but no 64 bits');
  const features = new Set(
    options.flatMap(({ name: [first, second] }) => (first?.text === 'features' ? [second?.text] : [])),
  );
  const isSingle = label !== 'repeated' && mapKey === undefined;
  if (features.has('field_presence') && (isInOneof || !isSingle)) refuse('has no presence of its own');
  if (features.has('repeated_field_encoding') && label !== 'repeated') refuse('is not repeated');
  const presence = optionNamed(
    options.map((option) => ({ ...option, name: option.name.slice(1) })),
    'field_presence',
  );
  if (
    features.has('field_presence') &&
    kind === 'message' &&
    presence?.kind === 'word' &&
    presence.text === 'IMPLICIT'
  )
    refuse('is a message, whose presence is never implicit');
  if (features.has('message_encoding') && kind !== 'message') refuse('is no message');
}
