import { SchemaLimitError, SerializationError } from '../../errors.ts';
import { camelCase, entryName } from '../field-names.ts';
import { type Definition, joined, type LinkedFile, resolveType } from '../files.ts';
import {
  fieldTagMax,
  groupFieldName,
  isPlainOption,
  isScalar,
  optionNamed,
  type ProtoEnum,
  type ProtoExtend,
  type ProtoField,
  type ProtoFile,
  type ProtoGroup,
  type ProtoMessage,
  type ProtoOption,
  type ProtoReserved,
  type ProtoService,
} from '../syntax-tree.ts';
import { defaultText } from './default-text.ts';
import { DescriptorSchema, descriptorType } from './schema.ts';

type Message = Record<string, unknown>;

/** The name of a schema's own file in its descriptor. */
const fileName = 'default';

/**
 * The schema as a `FileDescriptorProto`, in bytes. Throws {@link SchemaLimitError} when there is none: options that do
 * not fit their types, or messages so deep inside of each other that no reader of descriptors would take them.
 */
export function fileDescriptor(file: LinkedFile): Buffer {
  const schema = new DescriptorSchema(file);
  try {
    const value = new DescriptorWriter(file, schema).file();
    return schema.codec.encode(descriptorType('FileDescriptorProto'), value);
  } catch (error) {
    if (!(error instanceof SerializationError)) throw error;
    throw new SchemaLimitError(`the schema has no descriptor: ${error.message}`);
  }
}

class DescriptorWriter {
  readonly #file: LinkedFile;
  readonly #schema: DescriptorSchema;

  constructor(file: LinkedFile, schema: DescriptorSchema) {
    this.#file = file;
    this.#schema = schema;
  }

  file(): Message {
    const { file } = this.#file;
    const scope = file.package ?? '';
    const dependencies = [...file.imports, ...file.publicImports, ...file.weakImports];
    const indexes = (names: readonly string[]) => names.map((name) => dependencies.indexOf(name));
    const groups = file.extends.flatMap((each) => each.groups);
    return {
      name: fileName,
      package: file.package,
      dependency: dependencies,
      public_dependency: indexes(file.publicImports),
      weak_dependency: indexes(file.weakImports),
      message_type: [...file.messages, ...groups].map((message) => this.#message(message, scope)),
      enum_type: file.enums.map((each) => this.#enum(each, scope)),
      service: file.services.map((service) => this.#service(service, scope)),
      extension: file.extends.flatMap((each) => this.#extend(each, scope)),
      options: this.#options('FileOptions', file.options, scope),
      ...syntaxOf(file),
    };
  }

  #message(message: ProtoMessage, outer: string): Message {
    const scope = joined(outer, message.name);
    const oneofs: Message[] = message.oneofs.map(({ name, options }) => ({
      name,
      options: this.#options('OneofOptions', options, scope),
    }));
    const fields: Message[] = [
      ...message.fields.map((field) => this.#field(field, scope)),
      ...message.groups.map((group) => this.#group(group, scope)),
      ...message.oneofs.flatMap(({ fields: members, groups }, oneof_index) => [
        ...members.map((field) => ({ ...this.#field(field, scope), oneof_index })),
        ...groups.map((group) => ({ ...this.#group(group, scope), oneof_index })),
      ]),
    ];
    // Every optional field of proto3 is alone in a oneof of its own.
    const taken = new Set([...fields, ...oneofs].map((each) => String(each['name'])));
    for (const field of fields) {
      if (field['proto3_optional'] !== true) continue;
      field['oneof_index'] = oneofs.length;
      const name = freeName(String(field['name']), taken);
      taken.add(name);
      oneofs.push({ name });
    }
    const groups = [
      ...message.groups,
      ...message.oneofs.flatMap((oneof) => oneof.groups),
      ...message.extends.flatMap((each) => each.groups),
    ];
    return {
      name: message.name,
      field: fields.sort((left, right) => Number(left['number']) - Number(right['number'])),
      extension: message.extends.flatMap((each) => this.#extend(each, scope)),
      nested_type: [
        ...[...message.messages, ...groups].map((each) => this.#message(each, scope)),
        ...message.fields.flatMap((field) => this.#mapEntry(field, scope)),
      ],
      enum_type: message.enums.map((each) => this.#enum(each, scope)),
      extension_range: message.extensions.flatMap(({ ranges, options }) =>
        ranges.map(({ first, last }) => ({
          start: first,
          end: last + 1,
          options: this.#options('ExtensionRangeOptions', options, scope),
        })),
      ),
      oneof_decl: oneofs,
      options: this.#options('MessageOptions', message.options, scope),
      ...reserved(message.reserved, 1),
    };
  }

  #field(field: ProtoField, scope: string): Message {
    const { name, tag, label, mapKey, options } = field;
    const isProto3 = this.#file.file.syntax === 'proto3';
    const type = mapKey === undefined ? this.#type(field.type, scope) : mapType(field, scope);
    const own = options.filter(
      (option) => !isPlainOption(option, 'default') && !isPlainOption(option, 'json_name'),
    );
    const jsonName = optionNamed(options, 'json_name');
    return {
      name,
      number: tag,
      label:
        mapKey !== undefined || label === 'repeated'
          ? 'LABEL_REPEATED'
          : label === 'required'
            ? 'LABEL_REQUIRED'
            : 'LABEL_OPTIONAL',
      ...type,
      json_name: jsonName?.kind === 'string' ? jsonName.bytes.toString('utf8') : camelCase(name),
      default_value: defaultText(field.type, optionNamed(options, 'default')),
      options: this.#options('FieldOptions', own, scope),
      proto3_optional: isProto3 && label === 'optional' ? true : undefined,
    };
  }

  #group(group: ProtoGroup, scope: string): Message {
    const { name, tag, label, fieldOptions: options } = group;
    const field = { label, type: name, mapKey: undefined, name: groupFieldName(group), tag, options, at: '' };
    return { ...this.#field(field, scope), type: 'TYPE_GROUP', type_name: `.${joined(scope, name)}` };
  }

  #type(name: string, scope: string): Message {
    if (isScalar(name)) return { type: `TYPE_${name.toUpperCase()}` };
    const definition: Definition | undefined = resolveType(this.#file, name, scope);
    if (definition === undefined) return { type: undefined, type_name: name };
    return {
      type: definition.kind === 'enum' ? 'TYPE_ENUM' : 'TYPE_MESSAGE',
      type_name: `.${definition.name}`,
    };
  }

  #mapEntry(field: ProtoField, scope: string): Message[] {
    if (field.mapKey === undefined) return [];
    const part = (name: string, number: number, type: string) => ({
      name,
      number,
      label: 'LABEL_OPTIONAL',
      ...this.#type(type, scope),
      json_name: name,
    });
    const fields = [part('key', 1, field.mapKey), part('value', 2, field.type)];
    return [{ name: entryName(field.name), field: fields, options: { map_entry: true } }];
  }

  #extend({ name, fields, groups }: ProtoExtend, scope: string): Message[] {
    const extendee = resolveType(this.#file, name, scope);
    const members = [
      ...fields.map((field) => this.#field(field, scope)),
      ...groups.map((group) => this.#group(group, scope)),
    ];
    return members.map((member) => ({
      ...member,
      extendee: extendee === undefined ? name : `.${extendee.name}`,
    }));
  }

  #enum(each: ProtoEnum, outer: string): Message {
    const scope = joined(outer, each.name);
    return {
      name: each.name,
      value: each.constants.map(({ name, tag, options }) => ({
        name,
        number: tag,
        options: this.#options('EnumValueOptions', options, scope),
      })),
      options: this.#options('EnumOptions', each.options, scope),
      // The ends of an enum's ranges are inclusive, those of a message are not.
      ...reserved(each.reserved, 0),
    };
  }

  #service({ name, options, rpcs }: ProtoService, outer: string): Message {
    const scope = joined(outer, name);
    const type = (each: string) => {
      const definition = resolveType(this.#file, each, scope);
      return definition === undefined ? each : `.${definition.name}`;
    };
    return {
      name,
      method: rpcs.map((rpc) => ({
        name: rpc.name,
        input_type: type(rpc.requestType),
        output_type: type(rpc.responseType),
        options: this.#options('MethodOptions', rpc.options, scope),
        client_streaming: rpc.isRequestStream || undefined,
        server_streaming: rpc.isResponseStream || undefined,
      })),
      options: this.#options('ServiceOptions', options, scope),
    };
  }

  #options(type: string, options: readonly ProtoOption[], scope: string): Message | undefined {
    if (options.length === 0) return undefined;
    return this.#schema.options.toMessage(this.#schema.plan(type), options, scope);
  }
}

/** The field's name with an underscore in front, and with as many `X` as it takes to be alone. */
function freeName(field: string, taken: ReadonlySet<string>): string {
  let name = field.startsWith('_') ? field : `_${field}`;
  while (taken.has(name)) name = `X${name}`;
  return name;
}

function syntaxOf({ syntax, edition }: ProtoFile): Message {
  if (edition !== undefined) return { syntax: 'editions', edition: `EDITION_${edition}` };
  return syntax === 'proto3' ? { syntax } : {};
}

function reserved(list: readonly ProtoReserved[], past: 0 | 1): Message {
  const values = list.flatMap((each) => each.values);
  return {
    reserved_name: values.filter((value) => typeof value === 'string'),
    reserved_range: values.flatMap((value) =>
      typeof value === 'string'
        ? []
        : [{ start: value.first, end: Math.min(value.last, past === 1 ? fieldTagMax : value.last) + past }],
    ),
  };
}

function mapType({ name }: ProtoField, scope: string): Message {
  return { type: 'TYPE_MESSAGE', type_name: `.${joined(scope, entryName(name))}` };
}
