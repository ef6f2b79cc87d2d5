import { MessageCodec } from '../binary/codec.ts';
import { MessagePlans } from '../binary/message-plan.ts';
import { type LinkedFile, linkFile, type MessageDefinition } from '../files.ts';
import { descriptorPath } from '../well-known/descriptor.ts';
import { wellKnownFile } from '../well-known/index.ts';
import { OptionMessages } from './options.ts';

/** `google/protobuf/descriptor.proto`, linked once. */
let descriptors: LinkedFile | undefined;

/** The definition of `google.protobuf.<name>`. */
export function descriptorType(name: string): MessageDefinition {
  const file = wellKnownFile(descriptorPath);
  if (file === undefined) throw new TypeError(`${descriptorPath} is not built in`);
  descriptors ??= linkFile(file, []);
  const definition = descriptors.definitions.get(`google.protobuf.${name}`);
  if (definition?.kind !== 'message') throw new TypeError(`${name} is no message of ${descriptorPath}`);
  return definition;
}

/** The codec of descriptors and their options; custom options are those that `file` sees. */
export class DescriptorSchema {
  readonly codec: MessageCodec;
  readonly options: OptionMessages;
  readonly #plans: MessagePlans;

  constructor(file: LinkedFile) {
    this.codec = new MessageCodec(file);
    this.#plans = new MessagePlans(file);
    this.options = new OptionMessages(file, this.#plans);
  }

  plan(name: string) {
    return this.#plans.plan(descriptorType(name));
  }
}
