import { type KafkaClient, KafkaError } from '../../kafka/client/index.ts';
import { type ClientFor, registerTopicSchema } from '../converters/index.ts';
import type { Herder, TargetState } from '../herder/index.ts';
import type { PluginRegistry } from '../plugin/index.ts';
import { type ConnectorSpec, compilePipeline, flatten } from './compile.ts';
import { TopicMismatchError } from './errors.ts';
import type { Pipeline, PipelineTopic } from './pipeline.ts';

/** What pipelines are put on. */
export interface PipelineHost {
  readonly client: KafkaClient;
  readonly herder: Herder;
  /** Converters among them: for topics with a schema of their own. */
  readonly plugins: PluginRegistry;
  readonly clientFor: ClientFor;
}

/**
 * Makes a pipeline run: its topic and schemas exist, then its connectors get their configs, sinks first, so that
 * nothing is missed. What runs already and has not changed goes on. Resolves with the connectors' names.
 */
export async function applyPipeline(pipeline: Pipeline, host: PipelineHost): Promise<readonly string[]> {
  await ensureTopic(host.client, pipeline.topic);
  await registerSchema(host, pipeline.topic, 'key');
  await registerSchema(host, pipeline.topic, 'value');
  const connectors = compilePipeline(pipeline);
  for (const connector of connectors.toReversed()) await applyConnector(host.herder, connector);
  return connectors.map(({ name }) => name);
}

/** Stops the connectors that are not among `names`: those of pipelines that ran here before. Their positions stay. */
export async function stopOthers(herder: Herder, names: readonly string[]): Promise<readonly string[]> {
  const others = herder.connectors().filter((name) => !names.includes(name));
  for (const name of others) await herder.stopConnector(name);
  return others;
}

/**
 * Gives a connector its config, and has it run if it was stopped. One that is new, or is told a `target`, gets into that
 * state. Throws HerderError.
 */
export async function applyConnector(
  herder: Herder,
  { name, config, target }: ConnectorSpec & { readonly target?: TargetState | undefined },
): Promise<void> {
  const before = herder.connectors().includes(name) ? herder.connectorConfig(name) : undefined;
  const isUnchanged = before !== undefined && isEqual(before, { ...config, name });
  if (before === undefined) {
    await herder.createConnector(name, { ...config }, target);
    return;
  }
  if (!isUnchanged) await herder.putConnectorConfig(name, { ...config });
  if (target === 'PAUSED') await herder.pauseConnector(name);
  else if (target === 'STOPPED') await herder.stopConnector(name);
  else await herder.resumeConnector(name);
}

async function ensureTopic(client: KafkaClient, topic: PipelineTopic): Promise<void> {
  const { name, partitions, replicationFactor, config } = topic;
  const [created] = await client
    .admin()
    .createTopics([{ name, partitionCount: partitions, replicationFactor, configs: config }]);
  if (created?.error === undefined) return;
  if (created.error.errorName !== 'TOPIC_ALREADY_EXISTS') throw created.error;
  const [found] = await client.admin().describeTopics([name]);
  const count = found?.partitions.length ?? 0;
  if (found?.error instanceof KafkaError) throw found.error;
  if (count < partitions) throw new TopicMismatchError(name, count, partitions);
}

async function registerSchema(
  { plugins, clientFor }: PipelineHost,
  topic: PipelineTopic,
  side: 'key' | 'value',
): Promise<void> {
  const { format, config, schema: text } = topic[side];
  if (text === undefined) return;
  const schema = { topic: topic.name, isKey: side === 'key', text };
  await registerTopicSchema(plugins.require('converter', format), flatten(config), clientFor, schema);
}

function isEqual(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
