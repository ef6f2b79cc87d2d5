import type { AssignorName, ConsumerOptions, ProducerOptions } from '../../../kafka/client/index.ts';
import { assignorNamed } from '../../config/index.ts';
import type { Properties } from './properties-file.ts';
import { configError, wholeNumber } from './tool-client.ts';

/** Reads the value of a property. Throws ToolError in Kafka's words when it cannot be. */
type Read<T> = (name: string, text: string) => T;

type Readers<O> = { readonly [K in keyof O]?: readonly [name: string, read: Read<NonNullable<O[K]>>] };

const acks = { all: -1, '-1': -1, '0': 0, '1': 1 } as const;
const codecs = { none: 'none', gzip: 'gzip', snappy: 'snappy', lz4: 'lz4', zstd: 'zstd' } as const;
const isolationLevels = { read_committed: 'read_committed', read_uncommitted: 'read_uncommitted' } as const;
const resets = { latest: 'latest', earliest: 'earliest', none: 'none' } as const;
const producerReaders: Readers<ProducerOptions> = {
  acks: ['acks', oneOf(acks, 'all, -1, 0, 1')],
  isIdempotent: ['enable.idempotence', truth],
  lingerMs: ['linger.ms', wholeNumber],
  batchBytes: ['batch.size', wholeNumber],
  requestBytesMax: ['max.request.size', wholeNumber],
  compression: ['compression.type', oneOf(codecs, 'none, gzip, snappy, lz4, zstd')],
  maxInFlight: ['max.in.flight.requests.per.connection', wholeNumber],
  deliveryTimeoutMs: ['delivery.timeout.ms', wholeNumber],
  requestTimeoutMs: ['request.timeout.ms', wholeNumber],
  metadataTimeoutMs: ['max.block.ms', wholeNumber],
  bufferBytesMax: ['buffer.memory', wholeNumber],
  transactionalId: ['transactional.id', (_name, text) => text],
  transactionTimeoutMs: ['transaction.timeout.ms', wholeNumber],
};

const consumerReaders: Readers<ConsumerOptions> = {
  groupId: ['group.id', (_name, text) => text],
  groupInstanceId: ['group.instance.id', (_name, text) => text],
  autoCommitIntervalMs: ['auto.commit.interval.ms', wholeNumber],
  autoOffsetReset: ['auto.offset.reset', oneOf(resets, 'latest, earliest, none')],
  isolationLevel: ['isolation.level', oneOf(isolationLevels, 'read_committed, read_uncommitted')],
  assignors: ['partition.assignment.strategy', assignorNames],
  sessionTimeoutMs: ['session.timeout.ms', wholeNumber],
  heartbeatIntervalMs: ['heartbeat.interval.ms', wholeNumber],
  maxPollIntervalMs: ['max.poll.interval.ms', wholeNumber],
  pollRecordsMax: ['max.poll.records', wholeNumber],
  fetchMinBytes: ['fetch.min.bytes', wholeNumber],
  fetchMaxWaitMs: ['fetch.max.wait.ms', wholeNumber],
  fetchBytesMax: ['fetch.max.bytes', wholeNumber],
  partitionFetchBytesMax: ['max.partition.fetch.bytes', wholeNumber],
  isCrcChecked: ['check.crcs', truth],
  rackId: ['client.rack', (_name, text) => text],
  allowAutoTopicCreation: ['allow.auto.create.topics', truth],
};

/** Kafka's producer properties as options; properties that are unknown here are left out. Throws ToolError. */
export function producerOptions(properties: Properties): ProducerOptions {
  return read(producerReaders, properties);
}

/** Kafka's consumer properties as options; properties that are unknown here are left out. Throws ToolError. */
export function consumerOptions(properties: Properties): ConsumerOptions {
  return read(consumerReaders, properties);
}

function read<O extends object>(readers: Readers<O>, properties: Properties): O {
  const options: Record<string, unknown> = {};
  for (const [option, reader] of Object.entries(readers) as [string, readonly [string, Read<unknown>]][]) {
    const [name, parse] = reader;
    const text = properties.get(name);
    if (text !== undefined) options[option] = parse(name, text.trim());
  }
  return options as O;
}

function oneOf<T>(choices: Readonly<Record<string, T>>, names: string): Read<T> {
  return (name, text) => {
    const value = Object.hasOwn(choices, text) ? choices[text] : undefined;
    if (value === undefined) throw configError(name, text, `String must be one of: ${names}`);
    return value;
  };
}

/** `true` or `false`, in any case. Throws ToolError. */
export function truth(name: string, text: string): boolean {
  if (!/^(true|false)$/i.test(text))
    throw configError(name, text, 'Expected value to be either true or false');
  return text.toLowerCase() === 'true';
}

function assignorNames(name: string, text: string): AssignorName[] {
  return text.split(',').map((part) => {
    const className = part.trim();
    const known = assignorNamed(className);
    if (known === undefined) throw configError(name, className, 'Class could not be found.');
    return known;
  });
}
