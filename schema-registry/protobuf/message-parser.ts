import { parseEnum, parseReserved } from './enum-parser.ts';
import { parseOptionList, parseOptionStatement } from './option-parser.ts';
import type {
  Position,
  ProtoExtend,
  ProtoExtensions,
  ProtoField,
  ProtoGroup,
  ProtoLabel,
  ProtoMessage,
  ProtoOneof,
  ProtoOption,
  ProtoRange,
} from './syntax-tree.ts';
import { fieldTagMax, isPlainOption } from './syntax-tree.ts';
import type { Tokens } from './tokens.ts';

type Body = { -readonly [K in keyof Omit<ProtoMessage, 'name' | 'at'>]: ProtoMessage[K][number][] };

/** `message Name { … }`, behind the word `message`. */
export function parseMessage(tokens: Tokens): ProtoMessage {
  const at = tokens.position;
  const name = tokens.word('the name of a message');
  return { name, ...parseBody(tokens), at };
}

/** `extend Name { … }`, behind the word `extend`. */
export function parseExtend(tokens: Tokens): ProtoExtend {
  const at = tokens.position;
  const name = tokens.dottedName('the name of a message', true);
  return { name, ...parseMembers(tokens), at };
}

function parseBody(tokens: Tokens): Body {
  const body: Body = {
    reserved: [],
    options: [],
    fields: [],
    oneofs: [],
    groups: [],
    extensions: [],
    extends: [],
    messages: [],
    enums: [],
  };
  tokens.expect('{');
  tokens.nested(() => {
    while (!tokens.accept('}')) parseStatement(tokens, body);
  });
  return body;
}

function parseStatement(tokens: Tokens, body: Body): void {
  if (tokens.accept(';')) return;
  const statement = statements.get(tokens.current.text);
  if (tokens.current.kind !== 'word' || statement === undefined) {
    parseMember(tokens, body);
    return;
  }
  // A type may have the name of a keyword: `message.Inner field = 1`. What is extended may have a dot in front.
  const position = tokens.position;
  const keyword = tokens.next().text;
  if (keyword !== 'extend' && tokens.isAt('.')) parseMember(tokens, body, { keyword, position });
  else statement(tokens, body);
}

type Statement = (tokens: Tokens, body: Body) => void;

const statements: ReadonlyMap<string, Statement> = new Map<string, Statement>([
  ['message', (tokens, { messages }) => void messages.push(parseMessage(tokens))],
  ['enum', (tokens, { enums }) => void enums.push(parseEnum(tokens))],
  ['extend', (tokens, body) => void body.extends.push(parseExtend(tokens))],
  ['oneof', (tokens, { oneofs }) => void oneofs.push(parseOneof(tokens))],
  ['option', (tokens, { options }) => void options.push(parseOptionStatement(tokens))],
  ['reserved', (tokens, { reserved }) => void reserved.push(parseReserved(tokens, fieldTagMax))],
  ['extensions', (tokens, { extensions }) => void extensions.push(parseExtensions(tokens))],
]);

function parseOneof(tokens: Tokens): ProtoOneof {
  const at = tokens.position;
  const name = tokens.word('the name of a oneof');
  return { name, ...parseMembers(tokens), at };
}

interface Members {
  readonly options: ProtoOption[];
  readonly fields: ProtoField[];
  readonly groups: ProtoGroup[];
}

function parseMembers(tokens: Tokens): Members {
  const members: Members = { options: [], fields: [], groups: [] };
  tokens.expect('{');
  while (!tokens.accept('}')) {
    if (tokens.accept(';')) continue;
    const isOption = tokens.isAt('option');
    if (isOption) {
      tokens.next();
      members.options.push(parseOptionStatement(tokens));
    } else parseMember(tokens, members);
  }
  return members;
}

function parseMember(
  tokens: Tokens,
  members: Pick<Members, 'fields' | 'groups'>,
  begun?: { readonly keyword: string; readonly position: Position },
): void {
  const at = begun?.position ?? tokens.position;
  const label = begun === undefined ? parseLabel(tokens) : undefined;
  const type = begun === undefined ? parseType(tokens) : begun.keyword + restOfName(tokens);
  if (type === 'group' && /^[A-Z]/.test(tokens.current.text)) {
    members.groups.push(parseGroup(tokens, label, at));
    return;
  }
  const mapKey = type === 'map' && tokens.accept('<') ? parseMapKey(tokens) : undefined;
  const fieldType = mapKey === undefined ? type : parseMapValue(tokens);
  const name = tokens.word('the name of a field');
  tokens.expect('=');
  const tag = tokens.integer('the number of a field');
  const options = orderedOptions(parseOptionList(tokens));
  tokens.expect(';');
  members.fields.push({ label, type: fieldType, mapKey, name, tag, options, at });
}

/** The default and the JSON name come last, as the reference parser keeps them apart. */
function orderedOptions(options: readonly ProtoOption[]): readonly ProtoOption[] {
  const rank = (option: ProtoOption) =>
    isPlainOption(option, 'default') ? 1 : isPlainOption(option, 'json_name') ? 2 : 0;
  return options.toSorted((left, right) => rank(left) - rank(right));
}

const labels: readonly string[] = ['optional', 'required', 'repeated'] satisfies ProtoLabel[];

function parseLabel(tokens: Tokens): ProtoLabel | undefined {
  const { kind, text } = tokens.current;
  if (kind !== 'word' || !labels.includes(text)) return undefined;
  return tokens.next().text as ProtoLabel;
}

function parseType(tokens: Tokens): string {
  return tokens.dottedName('the type of a field', true);
}

function restOfName(tokens: Tokens): string {
  return tokens.accept('.') ? `.${tokens.dottedName('the type of a field')}` : '';
}

function parseMapKey(tokens: Tokens): string {
  const key = parseType(tokens);
  tokens.expect(',');
  return key;
}

function parseMapValue(tokens: Tokens): string {
  const value = parseType(tokens);
  tokens.expect('>');
  return value;
}

function parseGroup(tokens: Tokens, label: ProtoLabel | undefined, at: Position): ProtoGroup {
  const name = tokens.word('the name of a group');
  tokens.expect('=');
  const tag = tokens.integer('the number of a group');
  const fieldOptions = orderedOptions(parseOptionList(tokens));
  return { name, label, tag, fieldOptions, ...parseBody(tokens), at };
}

function parseExtensions(tokens: Tokens): ProtoExtensions {
  const ranges: ProtoRange[] = [];
  do {
    const first = tokens.integer('a field number');
    ranges.push({ first, last: parseRangeEnd(tokens, first, fieldTagMax) });
  } while (tokens.accept(','));
  const options = parseOptionList(tokens);
  tokens.expect(';');
  return { ranges, options };
}

/** `to 5`, `to max`, or nothing, for a range of one number. */
function parseRangeEnd(tokens: Tokens, first: number, max: number): number {
  if (!tokens.accept('to')) return first;
  return tokens.accept('max') ? max : tokens.integer('a field number');
}
