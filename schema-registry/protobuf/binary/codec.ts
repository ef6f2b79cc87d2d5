import { SerializationError } from '../../errors.ts';
import type { LinkedFile, MessageDefinition } from '../files.ts';
import { Decoder } from './decoder.ts';
import { Encoder } from './encoder.ts';
import { MessagePlans } from './message-plan.ts';
import { ProtoReader } from './reader.ts';
import { ProtoWriter } from './writer.ts';

const nothing = Buffer.alloc(0);

/**
 * Data to Protobuf's binary form and back, driven by the schema. Values are plain: messages are objects with the names
 * of the schema, maps are objects, bytes are Buffers, enum values are the names of constants (a number when there is
 * none), 64-bit integers are numbers when safe and else bigints. Fields without presence are always there; others only
 * when they were set. Unknown fields are passed over.
 */
export class MessageCodec {
  readonly #plans: MessagePlans;

  /** `file` decides which extensions are known. */
  constructor(file: LinkedFile) {
    this.#plans = new MessagePlans(file);
  }

  /** Encodes behind `prefix`, into a buffer that is the caller's. Throws {@link SerializationError}. */
  encode(type: MessageDefinition, value: unknown, prefix: Uint8Array = nothing): Buffer {
    const writer = new ProtoWriter();
    new Encoder(this.#plans, writer).message(this.#plans.plan(type), value);
    return writer.finish(prefix);
  }

  /** Decodes what begins at `position`. The payload is not kept. Throws {@link SerializationError}. */
  decode(type: MessageDefinition, bytes: Uint8Array, position = 0): Record<string, unknown> {
    if (position > bytes.length) throw new SerializationError('the payload ends before its value');
    const reader = new ProtoReader(bytes, position);
    return new Decoder(this.#plans, reader).message(this.#plans.plan(type));
  }
}
