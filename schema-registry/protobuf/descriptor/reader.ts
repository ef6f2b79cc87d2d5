import { SchemaParseError, SerializationError } from '../../errors.ts';
import type { ResolvedReference } from '../../language.ts';
import { linkFile } from '../files.ts';
import type { ProtoFile } from '../syntax-tree.ts';
import { FileReader } from './file-reader.ts';
import { DescriptorSchema, descriptorType } from './schema.ts';

/** Base64 without white space inside; `.proto` text never looks like this. */
const base64 = /^\s*(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\s*$/;

/** Whether a schema was handed in as a descriptor and not as text. */
export function isDescriptorText(text: string): boolean {
  return text.trim() !== '' && base64.test(text);
}

/**
 * The file that a `FileDescriptorProto` in base64 describes; the references define its custom options.
 * Throws {@link SchemaParseError}.
 */
export function fileFromDescriptor(text: string, references: readonly ResolvedReference[]): ProtoFile {
  const bytes = Buffer.from(text.trim(), 'base64');
  try {
    const type = descriptorType('FileDescriptorProto');
    // Custom options may be defined by the file itself: it has to be known before they can be read.
    const plain = new DescriptorSchema(descriptorType('FileDescriptorProto').file);
    const draft = new FileReader(plain.codec.decode(type, bytes), plain).file();
    const schema = new DescriptorSchema(linkFile(draft, references));
    return new FileReader(schema.codec.decode(type, bytes), schema).file();
  } catch (error) {
    if (!(error instanceof SerializationError)) throw error;
    throw new SchemaParseError(`the text is neither Protobuf nor a descriptor in base64: ${error.message}`, {
      cause: error,
    });
  }
}
