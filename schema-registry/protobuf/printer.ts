import { IndentedText } from './indented-text.ts';
import { printOptionList, printOptionStatement } from './option-printer.ts';
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
  type ProtoOption,
  type ProtoRange,
  type ProtoReserved,
  type ProtoRpc,
  type ProtoService,
} from './syntax-tree.ts';

/**
 * The text that registries store: one declaration after the other in a fixed order, a blank line in front of each
 * kind, two spaces of indentation, also on the blank lines inside of nested messages. Throws `SchemaLimitError`.
 */
export function printProto(file: ProtoFile): string {
  return new Printer(file.edition !== undefined).file(file);
}

/** Prints one declaration. */
type Print = () => void;

class Printer {
  readonly #text = new IndentedText();
  readonly #isEdition: boolean;

  constructor(isEdition: boolean) {
    this.#isEdition = isEdition;
  }

  file(file: ProtoFile): string {
    const text = this.#text;
    if (file.edition !== undefined) text.end(`edition = "${file.edition}";`);
    if (file.syntax !== undefined) text.end(`syntax = "${file.syntax}";`);
    if (file.package !== undefined) text.end(`package ${file.package};`);
    const imports = [
      ...file.imports.map((name) => () => text.end(`import "${name}";`)),
      ...file.publicImports.map((name) => () => text.end(`import public "${name}";`)),
      ...file.weakImports.map((name) => () => text.end(`import weak "${name}";`)),
    ];
    const sections = [
      imports,
      this.#options(file.options),
      this.#types(file),
      this.#extends(file.extends),
      file.services.map((service) => () => this.#service(service)),
    ];
    for (const section of sections) {
      if (section.length > 0) text.end();
      for (const print of section) print();
    }
    return text.toString();
  }

  /** A blank line stands between sections; the brace of a block that is empty is closed on the same line. */
  #block(opening: string, sections: readonly (readonly Print[])[], closing = '}'): void {
    const text = this.#text;
    const [first, ...others] = sections.filter(({ length }) => length > 0);
    text.add(opening);
    if (first !== undefined) text.end();
    text.inside(() => first?.forEach((print) => void print()));
    for (const section of others) {
      text.begin();
      text.end();
      text.inside(() => section.forEach((print) => void print()));
    }
    if (first !== undefined) text.begin();
    text.end(closing);
  }

  #options(options: readonly ProtoOption[]): readonly Print[] {
    return options.map((option) => () => printOptionStatement(this.#text, option));
  }

  #types({ messages, enums }: Pick<ProtoMessage, 'messages' | 'enums'>): readonly Print[] {
    return [
      ...messages.map((message) => () => this.#message(message)),
      ...enums.map((each) => () => this.#enum(each)),
    ];
  }

  #message(message: ProtoMessage): void {
    this.#text.begin(`message ${message.name} `);
    this.#body(message);
  }

  #body(message: ProtoMessage): void {
    this.#block('{', [
      message.reserved.map((reserved) => () => this.#reserved(reserved, fieldTagMax)),
      this.#options(message.options),
      this.#fields(message.fields),
      message.oneofs.map((oneof) => () => this.#oneof(oneof)),
      this.#groups(message.groups),
      message.extensions.map((extensions) => () => this.#extensions(extensions)),
      this.#extends(message.extends),
      this.#types(message),
    ]);
  }

  #fields(fields: readonly ProtoField[]): readonly Print[] {
    return fields.map(({ label, type, mapKey, name, tag, options }) => () => {
      const shown = mapKey === undefined ? type : `map<${mapKey}, ${type}>`;
      this.#text.begin(`${prefix(label)}${shown} ${name} = ${tag}`);
      printOptionList(this.#text, options);
      this.#text.end(';');
    });
  }

  #groups(groups: readonly ProtoGroup[]): readonly Print[] {
    return groups.map((group) => () => {
      this.#text.begin(`${prefix(group.label)}group ${group.name} = ${group.tag}`);
      printOptionList(this.#text, group.fieldOptions);
      this.#text.add(' ');
      this.#body(group);
    });
  }

  #oneof({ name, options, fields, groups }: ProtoOneof): void {
    this.#text.begin(`oneof ${name} `);
    this.#block('{', [this.#options(options), this.#fields(fields), this.#groups(groups)]);
  }

  #extends(list: readonly ProtoExtend[]): readonly Print[] {
    return list.map(({ name, fields, groups }) => () => {
      this.#text.begin(`extend ${name} `);
      this.#block('{', [[...this.#fields(fields), ...this.#groups(groups)]]);
    });
  }

  #enum({ name, reserved, options, constants }: ProtoEnum): void {
    this.#text.begin(`enum ${name} `);
    const lines = [
      ...reserved.map((each) => () => this.#reserved(each, enumTagMax)),
      ...this.#options(options),
      ...constants.map((constant) => () => this.#constant(constant)),
    ];
    this.#block('{', [lines]);
  }

  #constant({ name, tag, options }: ProtoConstant): void {
    this.#text.begin(`${name} = ${tag}`);
    printOptionList(this.#text, options);
    this.#text.end(';');
  }

  #reserved({ values }: ProtoReserved, max: number): void {
    const printed = values.map((value) => {
      if (typeof value !== 'string') return printRange(value, max);
      return this.#isEdition ? value : `"${value}"`;
    });
    this.#text.begin(`reserved ${printed.join(', ')}`);
    this.#text.end(';');
  }

  #extensions({ ranges, options }: ProtoExtensions): void {
    this.#text.begin(`extensions ${ranges.map((range) => printRange(range, fieldTagMax)).join(', ')}`);
    printOptionList(this.#text, options);
    this.#text.end(';');
  }

  #service({ name, options, rpcs }: ProtoService): void {
    this.#text.begin(`service ${name} `);
    this.#block('{', [this.#options(options), rpcs.map((rpc) => () => this.#rpc(rpc))]);
  }

  #rpc(rpc: ProtoRpc): void {
    const request = `${rpc.isRequestStream ? 'stream ' : ''}${rpc.requestType}`;
    const response = `${rpc.isResponseStream ? 'stream ' : ''}${rpc.responseType}`;
    this.#text.begin(`rpc ${rpc.name} (${request}) returns (${response})`);
    if (rpc.options.length === 0) this.#text.end(';');
    else this.#block(' {', [this.#options(rpc.options)], '};');
  }
}

function prefix(label: ProtoField['label']): string {
  return label === undefined ? '' : `${label} `;
}

function printRange({ first, last }: ProtoRange, max: number): string {
  if (first === last) return String(first);
  return `${first} to ${last === max ? 'max' : last}`;
}
