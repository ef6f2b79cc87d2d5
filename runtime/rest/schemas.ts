/** A JSON Schema, as OpenAPI 3.1 takes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const text = { type: 'string' } as const;
const whole = { type: 'integer' } as const;
const nullable = { type: ['string', 'null'] } as const;
const listOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items });
const reference = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });
const mapOf = (values: JsonSchema): JsonSchema => ({ type: 'object', additionalProperties: values });

/** All `properties`; those not in `optional` are always there. */
function object(
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, ...(required.length > 0 && { required }) };
}

const connectorType = { type: 'string', enum: ['source', 'sink', 'unknown'] };
const state = {
  type: 'string',
  enum: ['UNASSIGNED', 'RUNNING', 'PAUSED', 'FAILED', 'RESTARTING', 'STOPPED'],
};
const taskId = object({ connector: text, task: whole });
const stateFields = { state, worker_id: text, version: nullable, trace: text };
const stateOptional = ['version', 'trace'];

/** The shapes of requests and answers, by the names they have in the description of the API. */
export const schemas = {
  ServerInfo: object({ version: text, commit: text, kafka_cluster_id: text }),
  WorkerStatus: object({
    status: { type: 'string', enum: ['healthy', 'starting', 'unhealthy'] },
    message: text,
  }),
  ErrorMessage: object({ error_code: whole, message: nullable }),
  Message: object({ message: text }),
  ConnectorNames: {
    description: 'Names, or with expand a map of what was asked for.',
    type: ['array', 'object'],
  },
  Config: mapOf({ type: ['string', 'number', 'boolean', 'null'] }),
  ConnectorConfig: mapOf(text),
  CreateConnectorRequest: object(
    {
      name: text,
      config: reference('Config'),
      initial_state: { type: 'string', enum: ['RUNNING', 'PAUSED', 'STOPPED'] },
    },
    ['initial_state'],
  ),
  ConnectorInfo: object({
    name: text,
    config: reference('ConnectorConfig'),
    tasks: listOf(taskId),
    type: connectorType,
  }),
  ConnectorStateInfo: object({
    name: text,
    connector: object(stateFields, stateOptional),
    tasks: listOf(reference('TaskState')),
    type: connectorType,
  }),
  TaskState: object({ id: whole, ...stateFields }, stateOptional),
  TaskInfos: listOf(object({ id: taskId, config: reference('ConnectorConfig') })),
  TaskConfigs: listOf(mapOf(text)),
  ActiveTopics: mapOf(object({ topics: listOf(text) })),
  ConnectorOffsets: object({
    offsets: listOf(object({ partition: mapOf({}), offset: { type: ['object', 'null'] } })),
  }),
  PluginInfos: listOf(object({ class: text, type: text, version: text }, ['version'])),
  ConfigKeyInfo: object({
    name: text,
    type: text,
    required: { type: 'boolean' },
    default_value: nullable,
    importance: text,
    documentation: text,
    group: nullable,
    order_in_group: whole,
    width: text,
    display_name: text,
    dependents: listOf(text),
  }),
  ConfigKeyInfos: listOf(reference('ConfigKeyInfo')),
  ConfigValueInfo: object({
    name: text,
    value: nullable,
    recommended_values: listOf(text),
    errors: listOf(text),
    visible: { type: 'boolean' },
  }),
  ConfigInfos: object({
    name: text,
    error_count: whole,
    groups: listOf(text),
    configs: listOf(
      object({
        definition: { oneOf: [reference('ConfigKeyInfo'), { type: 'null' }] },
        value: reference('ConfigValueInfo'),
      }),
    ),
  }),
  LoggerLevel: object({ level: text, last_modified: { type: ['integer', 'null'] } }),
  LoggerLevels: mapOf(reference('LoggerLevel')),
  LoggerNames: listOf(text),
  LevelRequest: object({ level: text }),
  Description: { description: 'This document.', type: 'object' },
} as const satisfies Readonly<Record<string, JsonSchema>>;

export type SchemaName = keyof typeof schemas;
