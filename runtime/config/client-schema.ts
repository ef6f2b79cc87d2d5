import type { AssignorName } from '../../kafka/client/index.ts';
import { type ConfigSchema, parsePluginConfig } from '../plugin/index.ts';
import type { Properties } from './properties.ts';

const int = { type: 'integer' } as const;
const long = { type: 'integer', configType: 'LONG' } as const;

/** The keys of a producer that have an effect. */
export const producerSchema = {
  type: 'object',
  passUnknown: true,
  properties: {
    'client.id': { type: 'string' },
    acks: { type: 'string', enum: ['all', '-1', '0', '1'] },
    'enable.idempotence': { type: 'boolean' },
    'linger.ms': long,
    'batch.size': int,
    'max.request.size': int,
    'compression.type': { type: 'string', enum: ['none', 'gzip', 'snappy', 'lz4', 'zstd'] },
    'max.in.flight.requests.per.connection': int,
    'delivery.timeout.ms': int,
    'request.timeout.ms': int,
    'max.block.ms': long,
    'buffer.memory': long,
  },
} as const satisfies ConfigSchema;

/** The keys of a consumer that have an effect. */
export const consumerSchema = {
  type: 'object',
  passUnknown: true,
  properties: {
    'client.id': { type: 'string' },
    'group.id': { type: 'string', minLength: 1 },
    'group.instance.id': { type: 'string', minLength: 1 },
    'auto.offset.reset': { type: 'string', enum: ['earliest', 'latest', 'none'] },
    'isolation.level': { type: 'string', enum: ['read_uncommitted', 'read_committed'] },
    'partition.assignment.strategy': { type: 'array', items: { type: 'string' }, check: assignorsReason },
    'session.timeout.ms': int,
    'heartbeat.interval.ms': int,
    'max.poll.interval.ms': int,
    'max.poll.records': { ...int, minimum: 1 },
    'fetch.min.bytes': int,
    'fetch.max.wait.ms': int,
    'fetch.max.bytes': int,
    'max.partition.fetch.bytes': int,
    'check.crcs': { type: 'boolean' },
    'client.rack': { type: 'string' },
    'default.api.timeout.ms': int,
  },
} as const satisfies ConfigSchema;

/** Whether a worker's or connector's producer or consumer does anything with a key. */
export function isClientKey(client: 'producer' | 'consumer', key: string): boolean {
  return Object.hasOwn((client === 'consumer' ? consumerSchema : producerSchema).properties, key);
}

const assignors: ReadonlyMap<string, AssignorName> = new Map([
  ['RangeAssignor', 'range'],
  ['RoundRobinAssignor', 'roundrobin'],
  ['StickyAssignor', 'sticky'],
  ['CooperativeStickyAssignor', 'cooperative-sticky'],
]);

/** The assignor that a Java class name, or its own name, stands for. */
export function assignorNamed(className: string): AssignorName | undefined {
  const name = className.slice(className.lastIndexOf('.') + 1);
  return assignors.get(name) ?? [...assignors.values()].find((each) => each === name);
}

function assignorsReason(classNames: unknown): string | undefined {
  const names = Array.isArray(classNames) ? classNames.map(String) : [];
  const unknown = names.filter((name) => assignorNamed(name) === undefined);
  if (unknown.length === 0) return undefined;
  return `No assignor is called ${unknown.join(', ')}; known are ${[...assignors.keys()].join(', ')}`;
}

/** What is wrong with the worker's settings of its connectors' clients. */
export function clientProblems(client: 'producer' | 'consumer', properties: Properties): readonly string[] {
  const schema = client === 'consumer' ? consumerSchema : producerSchema;
  const { problems } = parsePluginConfig(schema, properties);
  return problems.map(({ message }) => `${client}.*: ${message}`);
}
