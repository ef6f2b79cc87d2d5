import { type Encodable, includesVersion, type MessageDefinition, type MessageOf } from '../schema/index.ts';
import { compileDecoder, type Decoder } from './decoder-source.ts';
import type { Mode } from './defaults.ts';
import { compileEncoder, type Encoder } from './encoder-source.ts';
import { ProtocolDecodeError, ProtocolEncodeError, UnsupportedVersionError } from './errors.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

/**
 * Reads a message from `offset` to the end of `buffer`. Byte fields are slices of `buffer`, which must not
 * change while they are in use; int64 beyond 2^53 become the nearest double. Bytes left over are an error in
 * headers and metadata records, and allowed elsewhere, as in Kafka: librdkafka sends some behind a Metadata request.
 * Throws {@link ProtocolDecodeError} and, outside the definition's versions, {@link UnsupportedVersionError}.
 */
export function decode<D extends MessageDefinition>(
  definition: D,
  version: number,
  buffer: Buffer,
  offset = 0,
): MessageOf<D> {
  const { value, end } = decodePrefix(definition, version, buffer, offset);
  if (end < buffer.length && isStrict(definition)) throw leftOver(definition, version, buffer, end);
  return value;
}

/** As {@link decode}, for a message that other bytes follow: `end` is the offset behind it. */
export function decodePrefix<D extends MessageDefinition>(
  definition: D,
  version: number,
  buffer: Buffer,
  offset = 0,
): { value: MessageOf<D>; end: number } {
  const { value, end } = run(definition, version, buffer, offset, 'typed');
  // What the generated decoder gives is what the definition describes.
  return { value: value as MessageOf<D>, end };
}

/** As {@link decode} with every int64 as bigint; bytes left over are always an error. */
export function decodeExact(definition: MessageDefinition, version: number, buffer: Buffer): unknown {
  const { value, end } = run(definition, version, buffer, 0, 'exact');
  if (end < buffer.length) throw leftOver(definition, version, buffer, end);
  return value;
}

/**
 * Writes a message. Chunks of one buffer's worth are slices of a shared slab that is never reused; byte
 * fields of 4 KiB and more are chunks themselves, not copied. Fields left out take their default.
 * Throws {@link ProtocolEncodeError}, or {@link UnsupportedVersionError} when the version lacks a field that
 * is set and not ignorable.
 */
export function encode<D extends MessageDefinition>(
  definition: D,
  version: number,
  value: Encodable<D>,
): Buffer[] {
  const writer = new Writer();
  writeMessage(writer, definition, version, value, 'typed');
  return writer.finish();
}

/** As {@link encode}, in one buffer of its own that belongs to the caller. */
export function encodeToBuffer<D extends MessageDefinition>(
  definition: D,
  version: number,
  value: Encodable<D>,
): Buffer {
  return Buffer.concat(encode(definition, version, value));
}

/** As {@link encodeToBuffer} with every int64 as bigint. The value is checked while it is written. */
export function encodeExact(definition: MessageDefinition, version: number, value: unknown): Buffer {
  const writer = new Writer();
  writeMessage(writer, definition, version, value, 'exact');
  return Buffer.concat(writer.finish());
}

/** Appends a message to what `writer` already holds. Throws as {@link encode}. */
export function writeMessage(
  writer: Writer,
  definition: MessageDefinition,
  version: number,
  value: unknown,
  mode: Mode,
): void {
  const codec = codecOf(definition, version);
  codec[mode].encode ??= compileEncoder(definition, version, { mode, isTraced: false });
  try {
    codec[mode].encode(writer, value);
  } catch (error) {
    if (!(error instanceof ProtocolEncodeError)) throw error;
    throw new ProtocolEncodeError(
      error.reason,
      definition.name,
      encodePath(definition, version, value, mode),
    );
  }
}

interface Half {
  decode?: Decoder;
  traceDecode?: Decoder;
  encode?: Encoder;
  traceEncode?: Encoder;
}
type Codec = Readonly<Record<Mode, Half>>;

const codecs = new WeakMap<MessageDefinition, (Codec | undefined)[]>();

function codecOf(definition: MessageDefinition, version: number): Codec {
  const known = codecs.get(definition);
  const codec = known?.[version];
  return codec ?? addCodec(definition, version, known);
}

function addCodec(definition: MessageDefinition, version: number, known: (Codec | undefined)[] = []): Codec {
  const { name, versions } = definition;
  if (!Number.isInteger(version) || !includesVersion(versions, version)) {
    const reason = `the known versions are ${versions.first} to ${versions.last}`;
    throw new UnsupportedVersionError(name, version, reason);
  }
  const codec: Codec = { typed: {}, exact: {} };
  known[version] = codec;
  codecs.set(definition, known);
  return codec;
}

function run(definition: MessageDefinition, version: number, buffer: Buffer, offset: number, mode: Mode) {
  const codec = codecOf(definition, version);
  codec[mode].decode ??= compileDecoder(definition, version, { mode, isTraced: false });
  const reader = new Reader(buffer, offset);
  try {
    return { value: codec[mode].decode(reader), end: reader.offset };
  } catch (error) {
    if (!(error instanceof ProtocolDecodeError)) throw error;
    const path = decodePath(definition, version, buffer, offset);
    const { reason, offset: at } = error;
    throw new ProtocolDecodeError({ reason, offset: at, message: definition.name, version, path });
  }
}

// The fast code does not know where it is. After a failure the message is gone through once more by code that does.
function decodePath(definition: MessageDefinition, version: number, buffer: Buffer, offset: number): string {
  const trace: string[] = [];
  const codec = codecOf(definition, version);
  codec.typed.traceDecode ??= compileDecoder(definition, version, { mode: 'typed', isTraced: true });
  const { traceDecode } = codec.typed;
  return pathOf(trace, () => traceDecode(new Reader(buffer, offset, trace)));
}

function encodePath(definition: MessageDefinition, version: number, value: unknown, mode: Mode): string {
  const trace: string[] = [];
  const half = codecOf(definition, version)[mode];
  half.traceEncode ??= compileEncoder(definition, version, { mode, isTraced: true });
  const { traceEncode } = half;
  return pathOf(trace, () => traceEncode(new Writer(trace), value));
}

function pathOf(trace: readonly string[], rerun: () => unknown): string {
  try {
    rerun();
  } catch {
    // The failure that is being traced.
  }
  return trace.join('.');
}

function isStrict({ kind }: MessageDefinition): boolean {
  return kind === 'header' || kind === 'metadata';
}

function leftOver(
  { name }: MessageDefinition,
  version: number,
  buffer: Buffer,
  end: number,
): ProtocolDecodeError {
  const reason = `${buffer.length - end} bytes are left over`;
  return new ProtocolDecodeError({ reason, offset: end, message: name, version });
}
