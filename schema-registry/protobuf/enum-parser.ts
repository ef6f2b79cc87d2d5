import { parseOptionList, parseOptionStatement } from './option-parser.ts';
import type { ProtoConstant, ProtoEnum, ProtoOption, ProtoRange, ProtoReserved } from './syntax-tree.ts';
import { enumTagMax } from './syntax-tree.ts';
import type { Tokens } from './tokens.ts';

/** `enum Name { … }`, behind the word `enum`. */
export function parseEnum(tokens: Tokens): ProtoEnum {
  const at = tokens.position;
  const name = tokens.word('the name of an enum');
  const reserved: ProtoReserved[] = [];
  const options: ProtoOption[] = [];
  const constants: ProtoConstant[] = [];
  tokens.expect('{');
  while (!tokens.accept('}')) {
    if (tokens.accept(';')) continue;
    const position = tokens.position;
    const word = tokens.word('the name of a constant');
    if (tokens.isAt('=')) constants.push(parseConstant(tokens, word, position));
    else if (word === 'option') options.push(parseOptionStatement(tokens));
    else if (word === 'reserved') reserved.push(parseReserved(tokens, enumTagMax));
    else throw tokens.unexpected('"="');
  }
  return { name, reserved, options, constants, at };
}

function parseConstant(tokens: Tokens, name: string, at: string): ProtoConstant {
  tokens.expect('=');
  const tag = tokens.integer('the number of a constant');
  const options = parseOptionList(tokens);
  tokens.expect(';');
  return { name, tag, options, at };
}

/** Ranges and names behind `reserved`; `max` is what that word stands for. */
export function parseReserved(tokens: Tokens, max: number): ProtoReserved {
  const values: (ProtoRange | string)[] = [];
  let hasQuotes: boolean | undefined;
  do {
    const { kind } = tokens.current;
    if (kind === 'string' || kind === 'word') hasQuotes = kind === 'string';
    values.push(parseReservedValue(tokens, max));
  } while (tokens.accept(','));
  tokens.expect(';');
  return { values, hasQuotes };
}

function parseReservedValue(tokens: Tokens, max: number): ProtoRange | string {
  if (tokens.current.kind === 'string') return tokens.string('a name').toString('utf8');
  if (tokens.current.kind === 'word') return tokens.word('a name');
  const first = tokens.integer('a number or a name');
  if (!tokens.accept('to')) return { first, last: first };
  return { first, last: tokens.accept('max') ? max : tokens.integer('a number') };
}
