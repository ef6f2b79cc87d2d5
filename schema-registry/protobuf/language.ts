import { SchemaParseError } from '../errors.ts';
import type { ParsedSchema, SchemaLanguage } from '../language.ts';
import { withinStack } from '../nesting.ts';
import { checkProto } from './checks.ts';
import { fileFromDescriptor, isDescriptorText } from './descriptor/reader.ts';
import { fileDescriptor } from './descriptor/writer.ts';
import { classicDifference, explained } from './evolution/difference.ts';
import { schemaDifferences } from './evolution/schema-differences.ts';
import { joined, type LinkedFile, linkFile } from './files.ts';
import { normalProto } from './normal-form.ts';
import { parseProto } from './parser.ts';
import { printProto } from './printer.ts';
import type { ProtoFile } from './syntax-tree.ts';
import { editProtoTags } from './tags.ts';
import { withoutExtensions } from './without-extensions.ts';

/** A parsed Protobuf schema, with what it imports. */
export interface ProtoParsed extends ParsedSchema {
  readonly type: 'PROTOBUF';
  readonly linked: LinkedFile;
}

/** Protobuf: proto2, proto3 and editions, as text or as a descriptor in base64; Confluent's stored text and messages. */
export const protobufLanguage: SchemaLanguage<ProtoParsed> = {
  type: 'PROTOBUF',
  parse(text, { references, strict }) {
    return withinStack(() => {
      const file = isDescriptorText(text) ? fileFromDescriptor(text, references) : parseProto(text);
      const linked = linkFile(file, references);
      if (strict) checkProto(linked);
      return { type: 'PROTOBUF', name: firstType(file), linked };
    }, tooDeep);
  },
  canonical({ linked }, { normalize }) {
    return withinStack(() => printProto(normalize ? normalProto(linked) : linked.file), tooDeep);
  },
  formatted({ linked }, format) {
    if (format === 'serialized') return withinStack(() => fileDescriptor(linked).toString('base64'), tooDeep);
    if (format !== 'ignore_extensions') return undefined;
    return withinStack(() => printProto(withoutExtensions(linked.file)), tooDeep);
  },
  compatibility(reader, writer, options) {
    return explained(schemaDifferences(writer.linked, reader.linked), options);
  },
  editTags({ linked }, edit) {
    return withinStack(() => printProto(editProtoTags(linked.file, edit)), tooDeep);
  },
  topFields({ linked: { file } }) {
    const [first] = file.messages;
    const oneofs = first?.oneofs.flatMap(({ fields }) => fields) ?? [];
    return [...(first?.fields ?? []), ...oneofs].map(({ name }) => name);
  },
};

/** As {@link protobufLanguage}, with the findings of Confluent's releases up to 7.9. */
export const classicProtobufLanguage: SchemaLanguage<ProtoParsed> = {
  ...protobufLanguage,
  compatibility(reader, writer, options) {
    return explained(schemaDifferences(writer.linked, reader.linked).map(classicDifference), options);
  },
};

const tooDeep = () => new SchemaParseError('the schema is nested too deeply');

/** What subjects are named after: the first message, else the first enum. */
function firstType({ package: scope = '', messages, enums }: ProtoFile): string | undefined {
  const first = messages[0] ?? enums[0];
  return first === undefined ? undefined : joined(scope, first.name);
}
