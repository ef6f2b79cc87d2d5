import { indented, printOptionList, printOptionStatement } from './option-printer.ts';
import {
  enumTagMax,
  fieldTagMax,
  type ProtoConstant,
  type ProtoEnum,
  type ProtoExtend,
  type ProtoExtensions,
  type ProtoField,
  type ProtoFile,
  type ProtoGroup,
  type ProtoMessage,
  type ProtoOneof,
  type ProtoRange,
  type ProtoReserved,
  type ProtoRpc,
  type ProtoService,
} from './syntax-tree.ts';

/**
 * The text that registries store: one declaration after the other in a fixed order, a blank line in front of each
 * kind, two spaces of indentation, also on the blank lines inside of nested messages.
 */
export function printProto(file: ProtoFile): string {
  const head = [
    file.edition === undefined ? '' : `edition = "${file.edition}";\n`,
    file.syntax === undefined ? '' : `syntax = "${file.syntax}";\n`,
    file.package === undefined ? '' : `package ${file.package};\n`,
  ];
  const imports = [
    ...file.imports.map((name) => `import "${name}";\n`),
    ...file.publicImports.map((name) => `import public "${name}";\n`),
    ...file.weakImports.map((name) => `import weak "${name}";\n`),
  ];
  const isEdition = file.edition !== undefined;
  const types = [
    ...file.messages.map((message) => printMessage(message, isEdition)),
    ...file.enums.map((each) => printEnum(each, isEdition)),
  ];
  const sections = [
    imports,
    file.options.map(printOptionStatement),
    types,
    file.extends.map((each) => printExtend(each, isEdition)),
    file.services.map(printService),
  ];
  return head.join('') + sections.map(section).join('');
}

/** A blank line and what follows it; in front of the first section of a block it ends the line of the brace. */
function section(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `\n${lines.join('')}`;
}

function printMessage(message: ProtoMessage, isEdition: boolean): string {
  return `message ${message.name} {${printBody(message, isEdition)}}\n`;
}

function printBody(message: ProtoMessage, isEdition: boolean): string {
  const sections = [
    message.reserved.map((reserved) => printReserved(reserved, fieldTagMax, isEdition)),
    message.options.map(printOptionStatement),
    message.fields.map(printField),
    message.oneofs.map((oneof) => printOneof(oneof, isEdition)),
    message.groups.map((group) => printGroup(group, isEdition)),
    message.extensions.map(printExtensions),
    message.extends.map((each) => printExtend(each, isEdition)),
    [
      ...message.messages.map((each) => printMessage(each, isEdition)),
      ...message.enums.map((each) => printEnum(each, isEdition)),
    ],
  ];
  return sections.map((lines) => section(lines.map(indented))).join('');
}

function printField({ label, type, mapKey, name, tag, options }: ProtoField): string {
  const shown = mapKey === undefined ? type : `map<${mapKey}, ${type}>`;
  const prefix = label === undefined ? '' : `${label} `;
  return `${prefix}${shown} ${name} = ${tag}${printOptionList(options)};\n`;
}

function printGroup(group: ProtoGroup, isEdition: boolean): string {
  const prefix = group.label === undefined ? '' : `${group.label} `;
  const options = printOptionList(group.fieldOptions);
  return `${prefix}group ${group.name} = ${group.tag}${options} {${printBody(group, isEdition)}}\n`;
}

function printOneof({ name, options, fields, groups }: ProtoOneof, isEdition: boolean): string {
  const sections = [
    options.map(printOptionStatement),
    fields.map(printField),
    groups.map((group) => printGroup(group, isEdition)),
  ];
  return `oneof ${name} {${sections.map((lines) => section(lines.map(indented))).join('')}}\n`;
}

function printExtend({ name, fields, groups }: ProtoExtend, isEdition: boolean): string {
  const members = [...fields.map(printField), ...groups.map((group) => printGroup(group, isEdition))];
  return `extend ${name} {${section(members.map(indented))}}\n`;
}

function printEnum({ name, reserved, options, constants }: ProtoEnum, isEdition: boolean): string {
  const lines = [
    ...reserved.map((each) => printReserved(each, enumTagMax, isEdition)),
    ...options.map(printOptionStatement),
    ...constants.map(printConstant),
  ];
  return `enum ${name} {${section(lines.map(indented))}}\n`;
}

function printConstant({ name, tag, options }: ProtoConstant): string {
  return `${name} = ${tag}${printOptionList(options)};\n`;
}

function printReserved({ values }: ProtoReserved, max: number, isEdition: boolean): string {
  const printed = values.map((value) => {
    if (typeof value !== 'string') return printRange(value, max);
    return isEdition ? value : `"${value}"`;
  });
  return `reserved ${printed.join(', ')};\n`;
}

function printExtensions({ ranges, options }: ProtoExtensions): string {
  const printed = ranges.map((range) => printRange(range, fieldTagMax));
  return `extensions ${printed.join(', ')}${printOptionList(options)};\n`;
}

function printRange({ first, last }: ProtoRange, max: number): string {
  if (first === last) return String(first);
  return `${first} to ${last === max ? 'max' : last}`;
}

function printService({ name, options, rpcs }: ProtoService): string {
  const sections = [options.map(printOptionStatement), rpcs.map(printRpc)];
  return `service ${name} {${sections.map((lines) => section(lines.map(indented))).join('')}}\n`;
}

function printRpc(rpc: ProtoRpc): string {
  const request = `${rpc.isRequestStream ? 'stream ' : ''}${rpc.requestType}`;
  const response = `${rpc.isResponseStream ? 'stream ' : ''}${rpc.responseType}`;
  const options = rpc.options.map((option) => indented(printOptionStatement(option)));
  const body = options.length === 0 ? '' : ` {\n${options.join('')}}`;
  return `rpc ${rpc.name} (${request}) returns (${response})${body};\n`;
}
