import { OffsetFileError } from './errors.ts';

/** An entry of a `HashMap<byte[], byte[]>`. */
export interface ByteEntry {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

// Java Object Serialization Specification, chapter 6.
const header = Buffer.from([0xac, 0xed, 0x00, 0x05]);
const TC_NULL = 0x70;
const TC_REFERENCE = 0x71;
const TC_CLASSDESC = 0x72;
const TC_OBJECT = 0x73;
const TC_ARRAY = 0x75;
const TC_BLOCKDATA = 0x77;
const TC_ENDBLOCKDATA = 0x78;
const FIRST_HANDLE = 0x7e_00_00;

/** Name, `serialVersionUID`, flags and fields of the two classes; after them no annotations and no superclass. */
const mapClass = classDescription('java.util.HashMap', '0507dac1c31660d1', 0x03, [
  ['F', 'loadFactor'],
  ['I', 'threshold'],
]);
const arrayClass = classDescription('[B', 'acf317f8060854e0', 0x02, []);

const LOAD_FACTOR = 0.75;
const CAPACITY_MIN = 16;

/** Entries as Java's ObjectOutputStream writes a `HashMap<byte[], byte[]>`. */
export function writeByteMap(entries: readonly ByteEntry[]): Buffer {
  let capacity = CAPACITY_MIN;
  while (entries.length > capacity * LOAD_FACTOR) capacity *= 2;
  const head = Buffer.alloc(8 + 2 + 8);
  head.writeFloatBE(LOAD_FACTOR, 0);
  head.writeInt32BE(capacity * LOAD_FACTOR, 4);
  head.writeUInt8(TC_BLOCKDATA, 8);
  head.writeUInt8(8, 9);
  head.writeInt32BE(capacity, 10);
  head.writeInt32BE(entries.length, 14);
  const parts = [header, Buffer.from([TC_OBJECT]), mapClass, head];
  let isDescribed = false;
  for (const bytes of entries.flatMap(({ key, value }) => [key, value])) {
    if (bytes === null) {
      parts.push(Buffer.from([TC_NULL]));
      continue;
    }
    // The class is described once; its handle comes after those of the map's class and the map.
    parts.push(Buffer.from([TC_ARRAY]), isDescribed ? reference(FIRST_HANDLE + 2) : arrayClass);
    parts.push(int32(bytes.length), bytes);
    isDescribed = true;
  }
  return Buffer.concat([...parts, Buffer.from([TC_ENDBLOCKDATA])]);
}

/** Reads what {@link writeByteMap} and Java write. Throws {@link OffsetFileError} for anything else, with the position. */
export function readByteMap(bytes: Buffer): readonly ByteEntry[] {
  const reader = new Reader(bytes);
  reader.expect(header, 'the header of a Java object stream');
  reader.expect(Buffer.from([TC_OBJECT]), 'an object');
  reader.expect(mapClass, 'the class java.util.HashMap');
  reader.take(8); // Load factor and threshold: of no meaning to us.
  reader.expect(Buffer.from([TC_BLOCKDATA, 8]), 'the sizes of the map');
  reader.take(4);
  const count = reader.int32();
  // The class of the map and the map itself have the first two handles.
  const handles: (Buffer | 'array class' | undefined)[] = [undefined, undefined];
  const entries: ByteEntry[] = [];
  if (count < 0) throw reader.unexpected('a number of entries');
  for (let n = 0; n < count; n++) {
    const key = readArray(reader, handles);
    entries.push({ key, value: readArray(reader, handles) });
  }
  reader.expect(Buffer.from([TC_ENDBLOCKDATA]), 'the end of the map');
  if (!reader.isAtEnd) throw reader.unexpected('the end of the file');
  return entries;
}

function readArray(reader: Reader, handles: (Buffer | 'array class' | undefined)[]): Buffer | null {
  const tag = reader.byte();
  if (tag === TC_NULL) return null;
  if (tag === TC_REFERENCE) {
    const known = handles[reader.int32() - FIRST_HANDLE];
    if (Buffer.isBuffer(known)) return known;
    throw reader.unexpected('a reference to an array of bytes');
  }
  if (tag !== TC_ARRAY) throw reader.unexpected('an array of bytes', 1);
  if (reader.next === TC_REFERENCE) {
    reader.take(1);
    if (handles[reader.int32() - FIRST_HANDLE] !== 'array class')
      throw reader.unexpected('the class of an array of bytes');
  } else {
    reader.expect(arrayClass, 'the class of an array of bytes');
    handles.push('array class');
  }
  const array = reader.take(reader.int32());
  handles.push(array);
  return array;
}

/** Bytes with a position; everything throws where they end too early. */
class Reader {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#position === this.#bytes.length;
  }

  /** Undefined at the end. */
  get next(): number | undefined {
    return this.#bytes[this.#position];
  }

  byte(): number {
    return this.take(1).readUInt8(0);
  }

  int32(): number {
    return this.take(4).readInt32BE(0);
  }

  take(length: number): Buffer {
    const end = this.#position + length;
    if (length < 0 || end > this.#bytes.length) {
      const left = this.#bytes.length - this.#position;
      throw new OffsetFileError(
        `at byte ${this.#position}: ${length} bytes should follow, and there are ${left}`,
      );
    }
    const taken = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    return taken;
  }

  expect(expected: Buffer, what: string): void {
    const found = this.#bytes.subarray(this.#position, this.#position + expected.length);
    if (!found.equals(expected)) throw this.unexpected(what);
    this.#position += expected.length;
  }

  /** `back`: how many bytes before the present position the surprise began. */
  unexpected(what: string, back = 0): OffsetFileError {
    return new OffsetFileError(`at byte ${this.#position - back}: expected ${what}`);
  }
}

function classDescription(
  name: string,
  uid: string,
  flags: number,
  fields: readonly (readonly [type: string, name: string])[],
): Buffer {
  const parts = [Buffer.from([TC_CLASSDESC]), text(name), Buffer.from(uid, 'hex')];
  parts.push(Buffer.from([flags, 0, fields.length]));
  for (const [type, field] of fields) parts.push(Buffer.from(type), text(field));
  return Buffer.concat([...parts, Buffer.from([TC_ENDBLOCKDATA, TC_NULL])]);
}

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)]);
}

function reference(handle: number): Buffer {
  return Buffer.concat([Buffer.from([TC_REFERENCE]), int32(handle)]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
