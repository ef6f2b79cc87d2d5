import { camelCase } from '../field-names.ts';
import {
  enumTagMax,
  fieldTagMax,
  type OptionValue,
  type ProtoEnum,
  type ProtoExtend,
  type ProtoField,
  type ProtoFile,
  type ProtoGroup,
  type ProtoLabel,
  type ProtoMessage,
  type ProtoOption,
  type ProtoReserved,
  type ProtoService,
} from '../syntax-tree.ts';
import { unescapedBytes } from './default-text.ts';
import type { DescriptorSchema } from './schema.ts';

type Message = Readonly<Record<string, unknown>>;

/** Messages by their names without scope: entries of maps and bodies of groups are among them. */
type Types = ReadonlyMap<string, Message>;

/** Turns a decoded `FileDescriptorProto` into the file that it describes. */
export class FileReader {
  readonly #descriptor: Message;
  readonly #schema: DescriptorSchema;
  readonly #syntax: string;

  constructor(descriptor: Message, schema: DescriptorSchema) {
    this.#descriptor = descriptor;
    this.#schema = schema;
    this.#syntax = textIn(descriptor, 'syntax') ?? 'proto2';
  }

  file(): ProtoFile {
    const descriptor = this.#descriptor;
    const names = textsIn(descriptor, 'dependency');
    const at = (key: string) => new Set(numbersIn(descriptor, key));
    const [isPublic, isWeak] = [at('public_dependency'), at('weak_dependency')];
    const messages = messagesIn(descriptor, 'message_type');
    const extensions = messagesIn(descriptor, 'extension');
    const groups = this.#groupNames(extensions);
    return {
      syntax: this.#syntax === 'proto3' ? 'proto3' : undefined,
      edition:
        this.#syntax === 'editions' ? textIn(descriptor, 'edition')?.replace('EDITION_', '') : undefined,
      package: textIn(descriptor, 'package'),
      imports: names.filter((_, index) => !isPublic.has(index) && !isWeak.has(index)),
      publicImports: names.filter((_, index) => isPublic.has(index)),
      weakImports: names.filter((_, index) => isWeak.has(index)),
      options: this.#options('FileOptions', descriptor),
      messages: messages.filter((each) => !groups.has(nameOf(each))).map((each) => this.#message(each)),
      enums: messagesIn(descriptor, 'enum_type').map((each) => this.#enum(each)),
      extends: this.#extends(extensions, byName(messages)),
      services: messagesIn(descriptor, 'service').map((each) => this.#service(each)),
    };
  }

  #message(descriptor: Message): ProtoMessage {
    const types = messagesIn(descriptor, 'nested_type');
    const nested = byName(types);
    const extensions = messagesIn(descriptor, 'extension');
    const fields = messagesIn(descriptor, 'field');
    const groups = new Set([...this.#groupNames(fields), ...this.#groupNames(extensions)]);
    const byOneof = Map.groupBy(fields, (field) =>
      field['proto3_optional'] === true ? undefined : field['oneof_index'],
    );
    const oneofs = messagesIn(descriptor, 'oneof_decl').map((oneof, index) => ({
      oneof,
      members: byOneof.get(index) ?? [],
    }));
    const loose = byOneof.get(undefined) ?? [];
    return {
      name: nameOf(descriptor),
      reserved: reservedIn(descriptor, 1),
      options: this.#options('MessageOptions', descriptor),
      ...this.#members(loose, nested, false),
      oneofs: oneofs
        .filter(({ members }) => members.length > 0)
        .map(({ oneof, members }) => ({
          name: nameOf(oneof),
          options: this.#options('OneofOptions', oneof),
          ...this.#members(members, nested, true),
          at: '',
        })),
      extensions: messagesIn(descriptor, 'extension_range').map((range) => ({
        ranges: [rangeOf(range, 1)],
        options: this.#options('ExtensionRangeOptions', range),
      })),
      extends: this.#extends(extensions, nested),
      messages: types
        .filter((each) => !isEntry(each) && !groups.has(nameOf(each)))
        .map((each) => this.#message(each)),
      enums: messagesIn(descriptor, 'enum_type').map((each) => this.#enum(each)),
      at: '',
    };
  }

  /** `nested` has the entries of maps and the bodies of groups. */
  #members(
    descriptors: readonly Message[],
    nested: Types,
    inOneof: boolean,
  ): { readonly fields: readonly ProtoField[]; readonly groups: readonly ProtoGroup[] } {
    const isGroup = (each: Message) => this.#isGroup(each);
    return {
      fields: descriptors.filter((each) => !isGroup(each)).map((each) => this.#field(each, nested, inOneof)),
      groups: descriptors.filter(isGroup).flatMap((each) => this.#group(each, nested, inOneof)),
    };
  }

  /** Editions write groups as messages with a feature. */
  #isGroup(field: Message): boolean {
    return field['type'] === 'TYPE_GROUP' && this.#syntax !== 'editions';
  }

  #groupNames(fields: readonly Message[]): ReadonlySet<string> {
    return new Set(
      fields
        .filter((field) => this.#isGroup(field))
        .map((field) => localName(textIn(field, 'type_name') ?? '')),
    );
  }

  #field(descriptor: Message, nested: Types, inOneof: boolean): ProtoField {
    const name = nameOf(descriptor);
    const typeName = textIn(descriptor, 'type_name');
    const entry = nested.get(localName(typeName ?? ''));
    const [key, value] = entry === undefined || !isEntry(entry) ? [] : messagesIn(entry, 'field').map(typeOf);
    const isMap = key !== undefined && value !== undefined;
    return {
      label: isMap ? undefined : this.#label(descriptor, inOneof),
      type: isMap ? value : typeOf(descriptor),
      mapKey: isMap ? key : undefined,
      name,
      tag: numberIn(descriptor, 'number'),
      options: [...this.#options('FieldOptions', descriptor), ...specialOptions(descriptor)],
      at: '',
    };
  }

  #label(descriptor: Message, inOneof: boolean): ProtoLabel | undefined {
    if (inOneof) return undefined;
    if (descriptor['label'] === 'LABEL_REPEATED') return 'repeated';
    if (descriptor['label'] === 'LABEL_REQUIRED') return 'required';
    return this.#syntax === 'proto2' || descriptor['proto3_optional'] === true ? 'optional' : undefined;
  }

  #group(descriptor: Message, nested: Types, inOneof: boolean): ProtoGroup[] {
    const name = localName(textIn(descriptor, 'type_name') ?? '');
    const body = nested.get(name);
    if (body === undefined) return [];
    return [
      {
        ...this.#message(body),
        label: this.#label(descriptor, inOneof),
        tag: numberIn(descriptor, 'number'),
        fieldOptions: this.#options('FieldOptions', descriptor),
      },
    ];
  }

  /** Extensions of one message that follow each other are one block. */
  #extends(extensions: readonly Message[], nested: Types): ProtoExtend[] {
    const blocks: { name: string; members: Message[] }[] = [];
    for (const extension of extensions) {
      const name = textIn(extension, 'extendee') ?? '';
      const last = blocks.at(-1);
      if (last?.name === name) last.members.push(extension);
      else blocks.push({ name, members: [extension] });
    }
    return blocks.map(({ name, members }) => ({ name, ...this.#members(members, nested, false), at: '' }));
  }

  #enum(descriptor: Message): ProtoEnum {
    return {
      name: nameOf(descriptor),
      reserved: reservedIn(descriptor, 0),
      options: this.#options('EnumOptions', descriptor),
      constants: messagesIn(descriptor, 'value').map((value) => ({
        name: nameOf(value),
        tag: numberIn(value, 'number'),
        options: this.#options('EnumValueOptions', value),
        at: '',
      })),
      at: '',
    };
  }

  #service(descriptor: Message): ProtoService {
    return {
      name: nameOf(descriptor),
      options: this.#options('ServiceOptions', descriptor),
      rpcs: messagesIn(descriptor, 'method').map((method) => ({
        name: nameOf(method),
        requestType: textIn(method, 'input_type') ?? '',
        isRequestStream: method['client_streaming'] === true,
        responseType: textIn(method, 'output_type') ?? '',
        isResponseStream: method['server_streaming'] === true,
        options: this.#options('MethodOptions', method),
        at: '',
      })),
      at: '',
    };
  }

  #options(type: string, descriptor: Message): ProtoOption[] {
    const options = messageIn(descriptor, 'options');
    return this.#schema.options.fromMessage(
      this.#schema.plan(type),
      options as Record<string, unknown> | undefined,
    );
  }
}

/** Of one name the first counts. */
function byName(types: readonly Message[]): Types {
  return new Map(types.toReversed().map((type) => [nameOf(type), type]));
}

function isEntry(type: Message): boolean {
  return messageIn(type, 'options')?.['map_entry'] === true;
}

/** The type as text has it: a scalar, or a full name with a dot in front. */
function typeOf(field: Message): string {
  const name = textIn(field, 'type_name');
  return name ?? (textIn(field, 'type') ?? '').replace('TYPE_', '').toLowerCase();
}

/** The default and a JSON name that is not the usual one: options in text, members in a descriptor. */
function specialOptions(field: Message): ProtoOption[] {
  const fallback = textIn(field, 'default_value');
  const jsonName = textIn(field, 'json_name');
  const option = (text: string, value: OptionValue) => ({ name: [{ text, isExtension: false }], value });
  return [
    ...(fallback === undefined ? [] : [option('default', defaultOf(typeOf(field), fallback))]),
    ...(jsonName === undefined || jsonName === camelCase(nameOf(field))
      ? []
      : [option('json_name', { kind: 'string', bytes: Buffer.from(jsonName) })]),
  ];
}

function defaultOf(type: string, text: string): OptionValue {
  if (type === 'string') return { kind: 'string', bytes: Buffer.from(text) };
  if (type === 'bytes') return { kind: 'string', bytes: unescapedBytes(text) };
  return { kind: /^-?[.\d]|^-(?:inf|nan)$/.test(text) ? 'number' : 'word', text };
}

function reservedIn(descriptor: Message, past: 0 | 1): ProtoReserved[] {
  const ranges = messagesIn(descriptor, 'reserved_range').map((range) => rangeOf(range, past));
  const names = textsIn(descriptor, 'reserved_name');
  return [...ranges, ...names].map((value) => ({ values: [value], hasQuotes: undefined }));
}

function rangeOf(range: Message, past: 0 | 1): { readonly first: number; readonly last: number } {
  const last = numberIn(range, 'end') - past;
  return { first: numberIn(range, 'start'), last: Math.min(last, past === 1 ? fieldTagMax : enumTagMax) };
}

function nameOf(descriptor: Message): string {
  return textIn(descriptor, 'name') ?? '';
}

function localName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function textIn(message: Message, key: string): string | undefined {
  const value = message[key];
  return typeof value === 'string' ? value : undefined;
}

function numberIn(message: Message, key: string): number {
  const value = message[key];
  return typeof value === 'number' ? value : 0;
}

function messageIn(message: Message, key: string): Message | undefined {
  const value = message[key];
  return typeof value === 'object' && value !== null ? (value as Message) : undefined;
}

function messagesIn(message: Message, key: string): readonly Message[] {
  return (Array.isArray(message[key]) ? message[key] : []) as readonly Message[];
}

function textsIn(message: Message, key: string): readonly string[] {
  return (Array.isArray(message[key]) ? message[key] : []) as readonly string[];
}

function numbersIn(message: Message, key: string): readonly number[] {
  return (Array.isArray(message[key]) ? message[key] : []) as readonly number[];
}
