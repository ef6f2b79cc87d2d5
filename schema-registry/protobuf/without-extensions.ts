import type {
  ProtoEnum,
  ProtoField,
  ProtoFile,
  ProtoGroup,
  ProtoMessage,
  ProtoOption,
} from './syntax-tree.ts';

/** The file without extensions and custom options; Confluent's own annotations stay. */
export function withoutExtensions(file: ProtoFile): ProtoFile {
  return {
    ...file,
    options: ownOptions(file.options),
    messages: file.messages.map(plainMessage),
    enums: file.enums.map(plainEnum),
    extends: [],
    services: file.services.map((service) => ({
      ...service,
      options: ownOptions(service.options),
      rpcs: service.rpcs.map((rpc) => ({ ...rpc, options: ownOptions(rpc.options) })),
    })),
  };
}

function plainMessage<T extends ProtoMessage>(message: T): T {
  return {
    ...message,
    options: ownOptions(message.options),
    fields: message.fields.map(plainField),
    oneofs: message.oneofs.map((oneof) => ({
      ...oneof,
      options: ownOptions(oneof.options),
      fields: oneof.fields.map(plainField),
      groups: oneof.groups.map(plainGroup),
    })),
    groups: message.groups.map(plainGroup),
    extensions: [],
    extends: [],
    messages: message.messages.map(plainMessage),
    enums: message.enums.map(plainEnum),
  };
}

function plainField(field: ProtoField): ProtoField {
  return { ...field, options: ownOptions(field.options) };
}

function plainGroup(group: ProtoGroup): ProtoGroup {
  return { ...plainMessage(group), fieldOptions: ownOptions(group.fieldOptions) };
}

function plainEnum(each: ProtoEnum): ProtoEnum {
  return {
    ...each,
    options: ownOptions(each.options),
    constants: each.constants.map((constant) => ({ ...constant, options: ownOptions(constant.options) })),
  };
}

function ownOptions(options: readonly ProtoOption[]): readonly ProtoOption[] {
  return options.filter(({ name: [first] }) => {
    const isCustom = first?.isExtension === true && !/^\.?confluent\./.test(first.text);
    return !isCustom;
  });
}
