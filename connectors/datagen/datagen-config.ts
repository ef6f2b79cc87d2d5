import { ConfigError, type ConfigOf, type ConfigProblem } from '../../runtime/plugin/index.ts';
import { findQuickstart, quickstarts } from './quickstarts.ts';
import { nestedFields } from './raw-fields.ts';
import { type CompiledPlan, compilePlan } from './record-maker.ts';

const quickstartNames = [...quickstarts.keys()];

/** The keys of the datagen source; those with dots in Connect's words. */
export const datagenConfig = {
  type: 'object',
  properties: {
    topic: { type: 'string', description: 'Topic that the records are written to.', importance: 'HIGH' },
    'kafka.topic': {
      type: 'string',
      description: "The topic under the name that Connect's datagen has for it.",
      importance: 'HIGH',
    },
    quickstart: {
      type: 'string',
      recommended: quickstartNames,
      importance: 'HIGH',
      description: `Ready records: ${quickstartNames.join(', ')}.`,
    },
    fields: {
      type: 'object',
      additionalProperties: {},
      default: {},
      description:
        'Fields by name: a type, or a group with type and its properties, as in price: {type: decimal, min: 1, max: 99}. ' +
        'Added to those of the quickstart when there is one.',
    },
    'schema.keyfield': {
      type: 'string',
      description: 'Field that makes the record key. Default: that of the quickstart. Empty: no key.',
    },
    'schema.name': {
      type: 'string',
      importance: 'LOW',
      description: "Name of the values' schema. Default: datagen. and the quickstart, or datagen.Record.",
    },
    iterations: {
      type: 'integer',
      configType: 'LONG',
      minimum: -1,
      default: -1,
      description: 'How many records to make, then the source ends. -1: no end.',
    },
    'max.interval': {
      type: 'string',
      format: 'duration',
      default: 500,
      description:
        'Longest pause between two records; each pause is random up to it. 0: as fast as possible.',
    },
    'random.seed': {
      type: 'integer',
      configType: 'LONG',
      description: "The same seed makes the same records. Default: made from the connector's name.",
    },
    'batch.size': {
      type: 'integer',
      minimum: 1,
      maximum: 100_000,
      default: 1000,
      importance: 'LOW',
      description: 'How many records make a batch, at most. Generating can resume after each batch.',
    },
  },
} as const;

export type DatagenConfig = ConfigOf<typeof datagenConfig>;

/** What the config asks for, ready to run. */
export interface DatagenPlan {
  readonly topic: string;
  readonly records: CompiledPlan;
}

/** Reads the plan of a config. Throws {@link ConfigError} with every problem. */
export function datagenPlan(config: DatagenConfig): DatagenPlan {
  const problems: ConfigProblem[] = [];
  const topic = readTopic(config, problems);
  const named = config.quickstart === undefined ? undefined : findQuickstart(config.quickstart);
  if (config.quickstart !== undefined && named === undefined) {
    problems.push({
      key: 'quickstart',
      message: `There is no quickstart "${config.quickstart}".`,
      hint: `Choose from ${quickstartNames.join(', ')}, or describe fields.`,
    });
  }
  const fields = { ...named?.quickstart.fields, ...nestedFields(config.fields, problems) };
  if (Object.keys(fields).length === 0 && problems.length === 0) {
    problems.push({ key: 'quickstart', message: 'Name a quickstart, or describe fields.' });
  }
  const plan = {
    fields,
    keyField: config['schema.keyfield'] ?? named?.quickstart.keyField ?? '',
    schemaName: config['schema.name'] ?? `datagen.${named?.name ?? 'Record'}`,
  };
  const records = compilePlan(plan, problems);
  if (records === undefined || problems.length > 0) throw new ConfigError(problems);
  return { topic, records };
}

function readTopic(config: DatagenConfig, problems: ConfigProblem[]): string {
  const topics = [config.topic, config['kafka.topic']].filter((topic) => topic !== undefined && topic !== '');
  const [topic = '', other = topic] = topics;
  if (topic === '') problems.push({ key: 'topic', message: 'Name the topic to write to.' });
  if (other !== topic)
    problems.push({ key: 'kafka.topic', message: 'topic and kafka.topic are not the same.' });
  return topic;
}
