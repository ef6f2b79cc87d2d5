import { randomInt } from 'node:crypto';
import {
  ConfigError,
  type ConfigOf,
  type ConfigProblem,
  defineSource,
  type ReadFrom,
  type SourceRecord,
} from '../../runtime/plugin/index.ts';
import { generatorForms } from './generators.ts';
import { type Quickstart, quickstarts } from './quickstarts.ts';
import { Random } from './random.ts';
import { fieldProblems, RecordGenerator } from './record-generator.ts';

const datagenConfig = {
  type: 'object',
  properties: {
    topic: {
      type: 'string',
      minLength: 1,
      importance: 'HIGH',
      description: 'Topic that the records are written to.',
    },
    'kafka.topic': {
      type: 'string',
      minLength: 1,
      description: 'The same as topic, as the JVM connector calls it.',
    },
    quickstart: {
      enum: [
        'orders',
        'users',
        'pageviews',
        'clickstream',
        'ratings',
        'stock_trades',
        'transactions',
        'inventory',
        'sensors',
      ],
      ignoreCase: true,
      importance: 'HIGH',
      description: 'A ready-made stream. Fields that are configured are added to it, or replace its own.',
    },
    fields: {
      type: 'object',
      additionalProperties: { type: 'string' },
      default: {},
      description: `Fields by name, each with its generator: ${generatorForms}. A name with dots makes a struct.`,
    },
    'schema.keyfield': {
      type: 'string',
      description: 'Field that is the record key. Default: that of the quickstart.',
    },
    'schema.name': {
      type: 'string',
      description: 'Name of the schema. Default: datagen and the quickstart.',
    },
    iterations: {
      type: 'integer',
      configType: 'LONG',
      minimum: -1,
      default: -1,
      description: 'How many records to make; -1: without end.',
    },
    'max.interval': {
      type: 'string',
      format: 'duration',
      default: 500,
      description:
        'Longest pause between two records; each pause is of random length. 0: as fast as they are taken.',
    },
    'random.seed': {
      type: 'integer',
      configType: 'LONG',
      minimum: 0,
      description: 'The same seed makes the same records. Default: one by chance, kept with the offsets.',
    },
    'start.time': {
      type: 'string',
      default: '2025-01-01T00:00:00Z',
      importance: 'LOW',
      description: 'ISO 8601 time of the first record, for the record timestamp and the generator timestamp.',
    },
    'time.step': {
      type: 'string',
      format: 'duration',
      default: '1s',
      importance: 'LOW',
      description: 'Time between one record and the next, for the same.',
    },
    'batch.size': {
      type: 'integer',
      minimum: 1,
      maximum: 100_000,
      default: 1000,
      importance: 'LOW',
      description: 'With max.interval 0: how many records make a batch.',
    },
  },
} as const;

type DatagenConfig = ConfigOf<typeof datagenConfig>;

/** The position that the JVM connector keeps; an operator may set the iteration alone. */
export type DatagenPosition = {
  readonly 'current.iteration': number;
  readonly 'random.seed'?: number;
  readonly 'task.generation'?: number;
};

/**
 * Makes records for tests and demonstrations. Every record depends only on the seed and its number, so a restart goes on with
 * the very record that comes next, and two runs with one seed make the same. Ends after `iterations`, if there are any.
 */
export const source = defineSource({
  name: 'datagen',
  version: '1.0.0',
  description: 'Makes records by chance: ready-made streams, or fields of your own.',
  aliases: ['DatagenConnector', 'io.confluent.kafka.connect.datagen.DatagenConnector'],
  config: datagenConfig,
  validate(config: DatagenConfig) {
    const problems = problemsOf(config);
    if (problems.length > 0) throw new ConfigError(problems);
  },
  async partitions() {
    return [{ 'task.id': 0 }];
  },
  async *read(config: DatagenConfig, from: ReadFrom<DatagenPosition>, ctx) {
    const seed = config['random.seed'] ?? from.position?.['random.seed'] ?? randomInt(2 ** 32);
    const generation = (from.position?.['task.generation'] ?? -1) + 1;
    const generator = generatorOf(config);
    const random = new Random();
    const isPaced = config['max.interval'] > 0;
    const end = config.iterations < 0 ? Number.MAX_SAFE_INTEGER : config.iterations;
    let iteration = from.position?.['current.iteration'] ?? 0;
    while (iteration < end && !ctx.signal.aborted) {
      const count = isPaced ? 1 : Math.min(config['batch.size'], end - iteration);
      const records: SourceRecord[] = [];
      for (let index = 0; index < count; index++, iteration++) {
        random.begin(seed, iteration);
        records.push(generator.generate(random, { iteration, timeMs: timeOf(config, iteration) }));
      }
      yield {
        records,
        position: { 'task.generation': generation, 'current.iteration': iteration, 'random.seed': seed },
      };
      if (isPaced && iteration < end) await ctx.sleep(random.integer(0, config['max.interval']));
    }
  },
  alterOffsets(_config, offsets) {
    for (const { position } of offsets) {
      const { 'current.iteration': iteration } = (position ?? {
        'current.iteration': 0,
      }) as Partial<DatagenPosition>;
      if (!Number.isSafeInteger(iteration) || Number(iteration) < 0) {
        throw new ConfigError('An offset of datagen is {"current.iteration": number}, 0 or more.');
      }
    }
  },
});

function timeOf(config: DatagenConfig, iteration: number): number {
  return Date.parse(config['start.time']) + iteration * config['time.step'];
}

function quickstartOf(config: DatagenConfig): Quickstart | undefined {
  return config.quickstart === undefined ? undefined : quickstarts[config.quickstart];
}

function fieldsOf(config: DatagenConfig): Readonly<Record<string, string>> {
  return { ...quickstartOf(config)?.fields, ...config.fields };
}

function keyOf(config: DatagenConfig): string | undefined {
  return config['schema.keyfield'] ?? quickstartOf(config)?.key;
}

function generatorOf(config: DatagenConfig): RecordGenerator {
  return new RecordGenerator({
    topic: config.topic ?? config['kafka.topic'] ?? '',
    fields: fieldsOf(config),
    key: keyOf(config),
    schemaName: config['schema.name'] ?? `datagen.${config.quickstart ?? 'record'}`,
  });
}

function problemsOf(config: DatagenConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const fields = fieldsOf(config);
  const key = keyOf(config);
  if (config.topic === undefined && config['kafka.topic'] === undefined) {
    problems.push({
      key: 'topic',
      message: 'Missing required configuration "topic" which has no default value.',
    });
  }
  if (Object.keys(fields).length === 0) {
    problems.push({ key: 'quickstart', message: 'There is nothing to make: set quickstart, or fields.' });
  }
  for (const { field, problem } of fieldProblems(config.fields)) {
    problems.push({
      key: `fields.${field}`,
      message: `Invalid value ${config.fields[field]} for configuration fields.${field}: ${problem}`,
    });
  }
  if (key !== undefined && Object.keys(fields).length > 0 && !Object.hasOwn(fields, key)) {
    problems.push({
      key: 'schema.keyfield',
      message: `schema.keyfield names "${key}", which is not among the fields.`,
    });
  }
  if (Number.isNaN(Date.parse(config['start.time']))) {
    problems.push({
      key: 'start.time',
      message: `Invalid value ${config['start.time']} for configuration start.time: Expected an ISO 8601 time.`,
    });
  }
  return problems;
}
