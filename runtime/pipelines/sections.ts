import type { ConfigSchema } from '../plugin/index.ts';

/** The settings of each part of a pipeline file, described like a plugin's. Those without a type are read on their own. */
export const sections = {
  pipeline: {
    type: 'object',
    required: ['name'],
    properties: {
      name: {
        type: 'string',
        minLength: 1,
        description: 'Names the pipeline and, with what follows, its connectors.',
      },
      description: { type: 'string', description: 'For people.' },
      source: {},
      topic: {},
      sinks: {},
      errors: {},
    },
  },
  connector: {
    type: 'object',
    required: ['connector'],
    properties: {
      connector: {
        type: 'string',
        minLength: 1,
        description: 'The plugin: its name, or the class name that Connect users know.',
      },
      name: {
        type: 'string',
        minLength: 1,
        description: 'The end of the connector name. Sinks: the plugin name unless given.',
      },
      tasks: {
        type: 'integer',
        default: 1,
        minimum: 1,
        maximum: 1000,
        description: 'At most so many tasks.',
      },
      config: {},
      transforms: {},
    },
  },
  transform: {
    type: 'object',
    required: ['type'],
    properties: {
      type: {
        type: 'string',
        minLength: 1,
        description: 'The transform: its name, or the class name that Connect users know.',
      },
      config: {},
      when: {},
    },
  },
  when: {
    type: 'object',
    required: ['predicate'],
    properties: {
      predicate: {
        type: 'string',
        minLength: 1,
        description: 'The predicate that says which records are transformed.',
      },
      negate: { type: 'boolean', default: false, description: 'Transform the others instead.' },
      config: {},
    },
  },
  topic: {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string', minLength: 1, description: 'Name of the topic.' },
      partitions: {
        type: 'integer',
        default: 1,
        minimum: 1,
        maximum: 10_000,
        description: 'When it is created.',
      },
      'replication.factor': {
        type: 'integer',
        default: -1,
        minimum: -1,
        maximum: 1000,
        description: '-1: the default of the cluster.',
      },
      config: {},
      key: {},
      value: {},
    },
  },
  format: {
    type: 'object',
    required: ['format'],
    properties: {
      format: {
        type: 'string',
        minLength: 1,
        description: 'The converter: string, bytes, json, avro, json-schema, protobuf, ...',
      },
      schema: {
        type: 'string',
        minLength: 1,
        description: 'Text of a schema to register before the first record.',
      },
      'schema.file': { type: 'string', description: 'File with such a schema, seen from the pipeline file.' },
      config: {},
    },
  },
  errors: {
    type: 'object',
    properties: {
      tolerance: {
        enum: ['none', 'all'],
        default: 'none',
        description: 'none: stop at a bad record; all: go on.',
      },
      'dead.letter.topic': {
        type: 'string',
        minLength: 1,
        description: 'Where bad records go, with the reason in headers.',
      },
      'retry.timeout': {
        type: 'string',
        format: 'duration',
        default: '0',
        description: 'How long to try again; -1 for ever.',
      },
      'retry.delay.max': {
        type: 'string',
        format: 'duration',
        default: '60s',
        description: 'Longest pause between attempts.',
      },
      log: { type: 'boolean', default: false, description: 'Log each bad record.' },
    },
  },
} as const satisfies Readonly<Record<string, ConfigSchema>>;
