import type { RawConfig } from '../plugin/index.ts';
import type { Pipeline, PipelineConnector, PipelineFormat, PipelineTransform } from './pipeline.ts';

/** A connector as Connect's REST API would get it. */
export interface ConnectorSpec {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
}

/** The connectors that a pipeline stands for: the source first. */
export function compilePipeline(pipeline: Pipeline): readonly ConnectorSpec[] {
  const { source, sinks, topic } = pipeline;
  return [
    ...(source === undefined ? [] : [connector(pipeline, source, { topic: topic.name })]),
    ...sinks.map((sink) => connector(pipeline, sink, { topics: topic.name })),
  ];
}

function connector(
  pipeline: Pipeline,
  { name, connector: plugin, tasks, config, transforms }: PipelineConnector,
  derived: Readonly<Record<string, string>>,
): ConnectorSpec {
  return {
    name,
    config: {
      'connector.class': plugin,
      'tasks.max': String(tasks),
      ...derived,
      ...formatConfig('key.converter', pipeline.topic.key),
      ...formatConfig('value.converter', pipeline.topic.value),
      ...errorConfig(pipeline),
      ...transformConfig(transforms),
      ...flatten(config),
    },
  };
}

/** With a schema of its own a topic takes no others: records have to fit it. */
function formatConfig(prefix: string, { format, config, schema }: PipelineFormat): Record<string, string> {
  const fixed =
    schema === undefined ? {} : { 'auto.register.schemas': 'false', 'use.latest.version': 'true' };
  return { [prefix]: format, ...flatten({ ...fixed, ...config }, `${prefix}.`) };
}

function errorConfig({ errors, topic }: Pipeline): Record<string, string> {
  const factor = topic.replicationFactor;
  return {
    'errors.tolerance': errors.tolerance,
    'errors.retry.timeout': String(errors.retryTimeoutMs),
    'errors.retry.delay.max.ms': String(errors.retryDelayMaxMs),
    'errors.log.enable': String(errors.log),
    ...(errors.deadLetterTopic !== undefined && {
      'errors.deadletterqueue.topic.name': errors.deadLetterTopic,
      // Otherwise it is the worker's to choose, by the number of brokers.
      ...(factor > 0 && { 'errors.deadletterqueue.topic.replication.factor': String(factor) }),
      'errors.deadletterqueue.context.headers.enable': 'true',
    }),
  };
}

function transformConfig(transforms: readonly PipelineTransform[]): Record<string, string> {
  if (transforms.length === 0) return {};
  const aliases = transforms.map((_, i) => `t${i + 1}`);
  const conditional = transforms.flatMap(({ predicate }, i) =>
    predicate === undefined ? [] : [`p${i + 1}`],
  );
  const config: Record<string, string> = { transforms: aliases.join(',') };
  if (conditional.length > 0) config['predicates'] = conditional.join(',');
  for (const [i, transform] of transforms.entries()) {
    const alias = `transforms.t${i + 1}`;
    config[`${alias}.type`] = transform.type;
    Object.assign(config, flatten(transform.config, `${alias}.`));
    if (transform.predicate === undefined) continue;
    config[`${alias}.predicate`] = `p${i + 1}`;
    config[`${alias}.negate`] = String(transform.predicate.negate);
    config[`predicates.p${i + 1}.type`] = transform.predicate.type;
    Object.assign(config, flatten(transform.predicate.config, `predicates.p${i + 1}.`));
  }
  return config;
}

/** Nested settings as Connect writes them: `a.b=c`, lists with commas. */
export function flatten(config: RawConfig, prefix = ''): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [key, value] of Object.entries(config)) {
    if (value === undefined || value === null) continue;
    if (Array.isArray(value)) flat[prefix + key] = value.map(itemText).join(',');
    else if (typeof value === 'object') Object.assign(flat, flatten(value as RawConfig, `${prefix}${key}.`));
    else flat[prefix + key] = String(value);
  }
  return flat;
}

/** An item of a list in a flat config. */
export function itemText(item: unknown): string {
  return typeof item === 'object' ? JSON.stringify(item) : String(item);
}
