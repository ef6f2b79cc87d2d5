import type { OptionEntry, OptionName, OptionValue, ProtoOption } from './syntax-tree.ts';
import type { Tokens } from './tokens.ts';

/** `option name = value;`, behind the word `option`. */
export function parseOptionStatement(tokens: Tokens): ProtoOption {
  const option = parseOption(tokens);
  tokens.expect(';');
  return option;
}

/** `[a = 1, (b).c = 2]` when one comes next. */
export function parseOptionList(tokens: Tokens): ProtoOption[] {
  const options: ProtoOption[] = [];
  if (!tokens.accept('[')) return options;
  if (tokens.accept(']')) return options;
  do options.push(parseOption(tokens));
  while (tokens.accept(','));
  tokens.expect(']');
  return options;
}

function parseOption(tokens: Tokens): ProtoOption {
  const name = [parseNamePart(tokens)];
  while (tokens.accept('.')) name.push(parseNamePart(tokens));
  tokens.expect('=');
  return { name, value: parseValue(tokens) };
}

function parseNamePart(tokens: Tokens): OptionName {
  if (!tokens.accept('(')) return { text: tokens.word('the name of an option'), isExtension: false };
  const text = tokens.dottedName('the name of an extension', true);
  tokens.expect(')');
  return { text, isExtension: true };
}

function parseValue(tokens: Tokens): OptionValue {
  if (tokens.accept('{')) return tokens.nested(() => parseMap(tokens, '}'));
  if (tokens.accept('<')) return tokens.nested(() => parseMap(tokens, '>'));
  if (tokens.accept('[')) return tokens.nested(() => parseList(tokens));
  if (tokens.current.kind === 'string') return { kind: 'string', bytes: tokens.string('a string') };
  const sign = tokens.accept('-') ? '-' : '';
  const { kind, text } = tokens.current;
  if (kind !== 'number' && kind !== 'word') throw tokens.unexpected('the value of an option');
  tokens.next();
  if (kind === 'number' || sign === '-') return { kind: 'number', text: sign + text };
  return { kind, text };
}

function parseList(tokens: Tokens): OptionValue {
  const items: OptionValue[] = [];
  if (tokens.accept(']')) return { kind: 'list', items };
  do items.push(parseValue(tokens));
  while (tokens.accept(','));
  tokens.expect(']');
  return { kind: 'list', items };
}

/** The text format: separators and the colon in front of a message may be missing, keys may come again. */
function parseMap(tokens: Tokens, close: '}' | '>'): OptionValue {
  const entries = new Map<string, { readonly key: OptionName; readonly values: OptionValue[] }>();
  while (!tokens.accept(close)) {
    const key = parseKey(tokens);
    if (!tokens.accept(':') && !tokens.isAt('{') && !tokens.isAt('<') && !tokens.isAt('[')) {
      throw tokens.unexpected('":"');
    }
    const id = `${key.isExtension}${key.text}`;
    const value = parseValue(tokens);
    const earlier = entries.get(id);
    if (earlier === undefined) entries.set(id, { key, values: [value] });
    else earlier.values.push(value);
    if (!tokens.accept(',')) tokens.accept(';');
  }
  return { kind: 'map', entries: [...entries.values()].map(entryOf) };
}

function parseKey(tokens: Tokens): OptionName {
  if (!tokens.accept('[')) return { text: tokens.word('the name of a field'), isExtension: false };
  let text = tokens.dottedName('the name of an extension', true);
  if (tokens.accept('/')) text += `/${tokens.dottedName('the name of a type')}`;
  tokens.expect(']');
  return { text, isExtension: true };
}

/** A key that came again has all of its values in one list. */
function entryOf({ key, values }: { readonly key: OptionName; readonly values: OptionValue[] }): OptionEntry {
  const [only] = values;
  if (only !== undefined && values.length === 1) return { key, value: only };
  return {
    key,
    value: { kind: 'list', items: values.flatMap((each) => (each.kind === 'list' ? each.items : [each])) },
  };
}
