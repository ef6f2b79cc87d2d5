import { parseEnum } from './enum-parser.ts';
import { parseExtend, parseMessage } from './message-parser.ts';
import { parseOptionStatement } from './option-parser.ts';
import type {
  ProtoEnum,
  ProtoExtend,
  ProtoFile,
  ProtoMessage,
  ProtoOption,
  ProtoRpc,
  ProtoService,
} from './syntax-tree.ts';
import { Tokens } from './tokens.ts';

interface FileParts {
  syntax: ProtoFile['syntax'];
  edition: string | undefined;
  package: string | undefined;
  readonly imports: string[];
  readonly publicImports: string[];
  readonly weakImports: string[];
  readonly options: ProtoOption[];
  readonly messages: ProtoMessage[];
  readonly enums: ProtoEnum[];
  readonly extends: ProtoExtend[];
  readonly services: ProtoService[];
}

/**
 * Parses the text of a `.proto` file: proto2, proto3 and editions. What it means is not looked at: names need not
 * exist, numbers may clash. Throws `SchemaParseError` with line and column.
 */
export function parseProto(text: string): ProtoFile {
  const tokens = new Tokens(text);
  const file: FileParts = {
    syntax: undefined,
    edition: undefined,
    package: undefined,
    imports: [],
    publicImports: [],
    weakImports: [],
    options: [],
    messages: [],
    enums: [],
    extends: [],
    services: [],
  };
  parseSyntax(tokens, file);
  while (tokens.current.kind !== 'end') parseDeclaration(tokens, file);
  return file;
}

function parseSyntax(tokens: Tokens, file: FileParts): void {
  const isEdition = tokens.isAt('edition');
  if (!isEdition && !tokens.isAt('syntax')) return;
  tokens.next();
  tokens.expect('=');
  const { offset } = tokens.current;
  const value = tokens.string('a string').toString('utf8');
  tokens.expect(';');
  if (isEdition) file.edition = value;
  else if (value === 'proto2' || value === 'proto3') file.syntax = value;
  else throw tokens.error(`the syntax "${value}" is not known: proto2 and proto3 are`, offset);
  if (isEdition && !/^20\d\d$/.test(value)) throw tokens.error(`the edition "${value}" is not known`, offset);
}

function parseDeclaration(tokens: Tokens, file: FileParts): void {
  if (tokens.accept(';')) return;
  const { kind, text, offset } = tokens.current;
  const declaration = kind === 'word' ? declarations.get(text) : undefined;
  if (declaration === undefined) throw tokens.unexpected('a declaration');
  tokens.next();
  declaration(tokens, file, offset);
}

type Declaration = (tokens: Tokens, file: FileParts, offset: number) => void;

const declarations: ReadonlyMap<string, Declaration> = new Map<string, Declaration>([
  ['package', parsePackage],
  ['import', parseImport],
  ['option', (tokens, { options }) => void options.push(parseOptionStatement(tokens))],
  ['message', (tokens, { messages }) => void messages.push(parseMessage(tokens))],
  ['enum', (tokens, { enums }) => void enums.push(parseEnum(tokens))],
  ['extend', (tokens, file) => void file.extends.push(parseExtend(tokens))],
  ['service', (tokens, { services }) => void services.push(parseService(tokens))],
]);

function parsePackage(tokens: Tokens, file: FileParts, offset: number): void {
  if (file.package !== undefined) throw tokens.error('a second package', offset);
  file.package = tokens.dottedName('the name of a package');
  tokens.expect(';');
}

function parseImport(tokens: Tokens, file: FileParts): void {
  const isPublic = tokens.accept('public');
  const isWeak = !isPublic && tokens.accept('weak');
  // Editions 2024: an import for options alone.
  if (!isPublic && !isWeak) tokens.accept('option');
  const list = isPublic ? file.publicImports : isWeak ? file.weakImports : file.imports;
  list.push(tokens.string('the name of a file').toString('utf8'));
  tokens.expect(';');
}

function parseService(tokens: Tokens): ProtoService {
  const at = tokens.position;
  const name = tokens.word('the name of a service');
  const options: ProtoOption[] = [];
  const rpcs: ProtoRpc[] = [];
  tokens.expect('{');
  while (!tokens.accept('}')) {
    if (tokens.accept(';')) continue;
    if (tokens.accept('option')) options.push(parseOptionStatement(tokens));
    else rpcs.push(parseRpc(tokens));
  }
  return { name, options, rpcs, at };
}

function parseRpc(tokens: Tokens): ProtoRpc {
  const at = tokens.position;
  tokens.expect('rpc');
  const name = tokens.word('the name of a method');
  const [isRequestStream, requestType] = parseRpcType(tokens);
  tokens.expect('returns');
  const [isResponseStream, responseType] = parseRpcType(tokens);
  const options: ProtoOption[] = [];
  if (tokens.accept('{')) {
    while (!tokens.accept('}')) {
      if (tokens.accept(';')) continue;
      tokens.expect('option');
      options.push(parseOptionStatement(tokens));
    }
    tokens.accept(';');
  } else tokens.expect(';');
  return { name, requestType, isRequestStream, responseType, isResponseStream, options, at };
}

function parseRpcType(tokens: Tokens): readonly [isStream: boolean, type: string] {
  tokens.expect('(');
  let isStream = false;
  let type: string;
  if (tokens.accept('stream')) {
    // A message may be called `stream`, in a package or not.
    isStream = !tokens.isAt(')');
    type = isStream ? tokens.dottedName('the name of a message', true) : 'stream';
  } else type = tokens.dottedName('the name of a message', true);
  tokens.expect(')');
  return [isStream, type];
}
