import { SerializationError } from '../errors.ts';
import type { ProtoFile, ProtoMessage } from '../protobuf/syntax-tree.ts';

/** Deepest nesting of messages that a payload can name. */
const indexesMax = 200;

/** The way to a message: its place among the messages of the file, then among those nested in it, and so on. */
export type MessageIndexes = readonly number[];

/** The bytes in front of a Protobuf payload; the first message of the file is a single zero. */
export function indexBytes(indexes: MessageIndexes): Buffer {
  if (indexes.length === 1 && indexes[0] === 0) return Buffer.of(0);
  return Buffer.from([indexes.length, ...indexes].flatMap((value) => [...varint(value * 2)]));
}

/** Reads the indexes at `position`. Throws {@link SerializationError}. */
export function readIndexes(
  bytes: Uint8Array,
  position: number,
): { readonly indexes: MessageIndexes; readonly end: number } {
  let offset = position;
  const read = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[offset];
      if (byte === undefined) throw new SerializationError('the payload ends inside of the message indexes');
      offset += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (value % 2 === 1) throw new SerializationError('a message index is negative');
        return value / 2;
      }
    }
    throw new SerializationError('a message index is too long');
  };
  const count = read();
  if (count > indexesMax) throw new SerializationError(`${count} message indexes are too many`);
  const indexes = Array.from({ length: count }, read);
  return { indexes: count === 0 ? [0] : indexes, end: offset };
}

/** The way to the message with this full name, the first one when there is none. Throws {@link SerializationError}. */
export function indexesOf(file: ProtoFile, name: string | undefined): MessageIndexes {
  if (name === undefined) return [0];
  const scope = file.package === undefined ? '' : `${file.package}.`;
  const found = name.startsWith(scope)
    ? search(file.messages, name.slice(scope.length).split('.'))
    : undefined;
  if (found === undefined) throw new SerializationError(`the schema has no message ${name}`);
  return found;
}

/** The full name of the message at the end of the way. Throws {@link SerializationError}. */
export function messageAt(file: ProtoFile, indexes: MessageIndexes): string {
  const path: string[] = file.package === undefined ? [] : [file.package];
  let messages: readonly ProtoMessage[] = file.messages;
  for (const index of indexes) {
    const message = messages[index];
    if (message === undefined) throw new SerializationError(`the schema has no message ${indexes.join('.')}`);
    path.push(message.name);
    messages = message.messages;
  }
  return path.join('.');
}

function search(messages: readonly ProtoMessage[], path: readonly string[]): number[] | undefined {
  const [name, ...rest] = path;
  const index = messages.findIndex((message) => message.name === name);
  const message = messages[index];
  if (message === undefined || rest.length === 0) return message === undefined ? undefined : [index];
  const below = search(message.messages, rest);
  return below === undefined ? undefined : [index, ...below];
}

function* varint(value: number): Generator<number> {
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) yield (rest & 0x7f) | 0x80;
  yield rest;
}
