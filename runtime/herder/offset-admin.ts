import type { KafkaClient } from '../../kafka/client/index.ts';
import { type Properties, pluginConfig, sinkGroupId, type WorkerSettings } from '../config/index.ts';
import type { DefinedSink, DefinedSource, JsonValue, OffsetChange, PluginContext } from '../plugin/index.ts';
import { ConfigError, requirePluginConfig } from '../plugin/index.ts';
import type { ConnectorOffset } from './connector-info.ts';
import { BadRequestError, HerderError } from './errors.ts';
import { type OffsetTopic, unwrapped } from './offset-topic.ts';

/** Reads and changes a connector's offsets for operators (KIP-875): a source's in the offset topic, a sink's in its group. */
export class OffsetAdmin {
  readonly #client: KafkaClient;
  readonly #offsets: OffsetTopic;
  readonly #worker: WorkerSettings;
  readonly #contextOf: (name: string) => PluginContext;

  /** `contextOf` gives what a sink gets when it is asked to change the offsets it keeps itself. */
  constructor(
    client: KafkaClient,
    offsets: OffsetTopic,
    worker: WorkerSettings,
    contextOf: (name: string) => PluginContext,
  ) {
    this.#contextOf = contextOf;
    this.#client = client;
    this.#offsets = offsets;
    this.#worker = worker;
  }

  async list(
    name: string,
    plugin: DefinedSource | DefinedSink,
    config: Properties,
  ): Promise<ConnectorOffset[]> {
    if (plugin.kind === 'source') {
      await this.#offsets.sync();
      return this.#offsets.list(name);
    }
    const groupId = sinkGroupId(this.#worker, config, name);
    const offsets = await this.#client.admin().listGroupOffsets(groupId);
    return offsets.map(({ topic, partition, offset }) => ({
      partition: { kafka_topic: topic, kafka_partition: partition },
      offset: { kafka_offset: offset },
    }));
  }

  /** The connector is stopped. `config` is resolved. */
  async alter(
    name: string,
    plugin: DefinedSource | DefinedSink,
    config: Properties,
    offsets: readonly ConnectorOffset[],
  ): Promise<string> {
    if (plugin.kind === 'source') {
      this.#check(plugin, config, offsets);
      await this.#offsets.alter(name, offsets);
      return message('altered', plugin.alterOffsets !== undefined);
    }
    const changes = offsets.map(sinkOffset);
    await this.#alterOwn(name, plugin, config, changes);
    await this.#alterGroup(name, config, changes);
    return message('altered', plugin.alterOffsets !== undefined);
  }

  async reset(name: string, plugin: DefinedSource | DefinedSink, config: Properties): Promise<string> {
    if (plugin.kind === 'source') {
      await this.#offsets.sync();
      const forgotten = this.#offsets.list(name).map(({ partition }) => ({ partition, offset: null }));
      this.#check(plugin, config, forgotten);
      await this.#offsets.alter(name, forgotten);
      return message('reset', plugin.alterOffsets !== undefined);
    }
    await this.#alterOwn(name, plugin, config, undefined);
    const groupId = sinkGroupId(this.#worker, config, name);
    const [deleted] = await this.#client.admin().deleteGroups([groupId]);
    if (deleted?.error !== undefined && deleted.error.errorName !== 'GROUP_ID_NOT_FOUND') {
      throw groupError('reset', name, groupId, deleted.error);
    }
    return message('reset', plugin.alterOffsets !== undefined);
  }

  #check(plugin: DefinedSource, config: Properties, offsets: readonly ConnectorOffset[]): void {
    try {
      plugin.alterOffsets?.(
        requirePluginConfig(plugin, pluginConfig(config, plugin.config)),
        offsets.map(({ partition, offset }) => ({
          partition,
          position: offset === null ? null : unwrapped(offset),
        })),
      );
    } catch (error) {
      throw refusalOf(error);
    }
  }

  /** The sink's own offsets first: those win when it starts again. */
  async #alterOwn(
    name: string,
    plugin: DefinedSink,
    config: Properties,
    changes: readonly OffsetChange[] | undefined,
  ): Promise<void> {
    try {
      const parsed = requirePluginConfig(plugin, pluginConfig(config, plugin.config));
      await plugin.alterOffsets?.(parsed, changes, this.#contextOf(name));
    } catch (error) {
      throw refusalOf(error);
    }
  }

  async #alterGroup(name: string, config: Properties, offsets: readonly OffsetChange[]): Promise<void> {
    const admin = this.#client.admin();
    const groupId = sinkGroupId(this.#worker, config, name);
    const set = offsets.flatMap(({ topic, partition, offset }) =>
      offset === undefined ? [] : [{ topic, partition, offset }],
    );
    const removed = offsets.filter(({ offset }) => offset === undefined);
    const results = [
      ...(set.length === 0 ? [] : await admin.alterGroupOffsets(groupId, set)),
      ...(removed.length === 0 ? [] : await admin.deleteGroupOffsets(groupId, removed)),
    ];
    const refused = results.find(
      ({ error }) => error !== undefined && error.errorName !== 'GROUP_ID_NOT_FOUND',
    );
    if (refused?.error !== undefined) throw groupError('alter', name, groupId, refused.error);
  }
}

function message(verb: 'altered' | 'reset', isSure: boolean): string {
  return isSure
    ? `The offsets for this connector have been ${verb} successfully`
    : `The Connect framework-managed offsets for this connector have been ${verb} successfully. However, if this ` +
        `connector manages offsets externally, they will need to be manually ${verb} in the system that the connector uses.`;
}

function refusalOf(error: unknown): unknown {
  return error instanceof ConfigError ? new BadRequestError(error.message, { cause: error }) : error;
}

function sinkOffset({ partition, offset }: ConnectorOffset): OffsetChange {
  const topic = partition['kafka_topic'];
  const number = wholeNumber(partition['kafka_partition']);
  if (typeof topic !== 'string' || topic === '') {
    throw new BadRequestError(
      "The partition for a sink connector offset must contain the key 'kafka_topic' with a topic's name",
    );
  }
  if (number === undefined) {
    throw new BadRequestError(
      "The partition for a sink connector offset must contain the key 'kafka_partition' with a partition's number",
    );
  }
  if (offset === null) return { topic, partition: number, offset: undefined };
  const next = wholeNumber(offset['kafka_offset']);
  if (next === undefined) {
    throw new BadRequestError(
      "The offset for a sink connector must contain the key 'kafka_offset' with a whole number, 0 or more",
    );
  }
  return { topic, partition: number, offset: next };
}

function wholeNumber(value: JsonValue | undefined): number | undefined {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

function groupError(verb: string, name: string, groupId: string, cause: Error): HerderError {
  return new HerderError(
    'CONNECT_OFFSETS',
    500,
    `Failed to ${verb} consumer group offsets for connector ${name} (group ${groupId}). If the connector was stopped just ` +
      `now, its tasks may still be shutting down: try again. ${cause.message}`,
    { cause },
  );
}
