import { SchemaParseError } from '../errors.ts';
import { MessageCodec } from '../protobuf/binary/codec.ts';
import { type FieldPlan, type MessagePlan, MessagePlans } from '../protobuf/binary/message-plan.ts';
import type { LinkedFile, MessageDefinition } from '../protobuf/files.ts';
import { messageAt, readIndexes } from './message-indexes.ts';
import type { Frame } from './wire-format.ts';

/** The messages of a schema, for those who translate them into something else. */
export class ProtobufMessages {
  readonly #linked: LinkedFile;
  readonly #codec: MessageCodec;
  readonly #plans: MessagePlans;

  constructor({ linked }: { readonly linked: LinkedFile }) {
    this.#linked = linked;
    this.#codec = new MessageCodec(linked);
    this.#plans = new MessagePlans(linked);
  }

  /** The message that a frame names, and where its bytes begin. Throws `SerializationError`. */
  named(frame: Frame): { readonly message: MessageDefinition; readonly position: number } {
    const { indexes, end } = readIndexes(frame.bytes, frame.position);
    const name = messageAt(this.#linked.file, indexes);
    const message = this.#linked.definitions.get(name);
    if (message?.kind !== 'message') throw new SchemaParseError(`${name} is not a message`);
    return { message, position: frame.isHeader ? 0 : end };
  }

  /** The fields as the codec knows them. */
  plan(message: MessageDefinition): MessagePlan {
    return this.#plans.plan(message);
  }

  /** See {@link MessageCodec}. Throws `SerializationError`. */
  decode(message: MessageDefinition, bytes: Uint8Array, position: number): Readonly<Record<string, unknown>> {
    return this.#codec.decode(message, bytes, position);
  }
}

export type { FieldPlan, MessageDefinition };
