import type { KafkaClient } from '../../kafka/client/index.ts';
import {
  type Properties,
  pluginConfig,
  type Secrets,
  sinkGroupId,
  type WorkerSettings,
} from '../config/index.ts';
import {
  ConfigError,
  type DefinedSink,
  type DefinedSource,
  type OffsetChange,
  type PluginContext,
  requirePluginConfig,
} from '../plugin/index.ts';
import type { ConnectorOffset, SentOffset } from './connector-info.ts';
import { BadRequestError, HerderError } from './errors.ts';
import { sinkOffset } from './sink-offsets.ts';
import { type SourceOffsets, unwrapped } from './source-offsets.ts';

/** A connector whose offsets are looked at or changed; `config` is resolved. */
export interface OffsetOwner<P = DefinedSource | DefinedSink> {
  readonly name: string;
  readonly plugin: P;
  readonly config: Properties;
}

/** What an {@link OffsetAdmin} works with. */
interface OffsetAdminParts {
  readonly client: KafkaClient;
  readonly offsets: SourceOffsets;
  readonly worker: WorkerSettings;
  readonly secrets: Secrets;
  context(connector: string): PluginContext;
}

/** Reads and changes a connector's offsets for operators (KIP-875): a source's in the offset topic, a sink's in its group. */
export class OffsetAdmin {
  readonly #parts: OffsetAdminParts;

  constructor(parts: OffsetAdminParts) {
    this.#parts = parts;
  }

  async list({ name, plugin, config }: OffsetOwner): Promise<ConnectorOffset[]> {
    if (plugin.kind === 'source') {
      await this.#parts.offsets.sync();
      return this.#parts.offsets.list(name);
    }
    const offsets = await this.#groupOffsets(name, config);
    return offsets.map(({ topic, partition, offset }) => ({
      partition: { kafka_partition: partition, kafka_topic: topic },
      offset: { kafka_offset: offset },
    }));
  }

  /** The connector is stopped. Throws HerderError. */
  async alter({ name, plugin, config }: OffsetOwner, offsets: readonly SentOffset[]): Promise<string> {
    if (plugin.kind === 'source') {
      const known = offsets.map(sourceOffset);
      this.#check({ name, plugin, config }, known);
      await this.#parts.offsets.alter(name, known);
      return message('altered', plugin.alterOffsets !== undefined);
    }
    const parsed = offsets.map(sinkOffset);
    await this.#tellSink({ name, plugin, config }, parsed);
    await this.#alterGroup(name, config, parsed);
    return message('altered', plugin.alterOffsets !== undefined);
  }

  /** The connector is stopped. Throws HerderError. */
  async reset({ name, plugin, config }: OffsetOwner): Promise<string> {
    if (plugin.kind === 'source') {
      await this.#parts.offsets.sync();
      const forgotten = this.#parts.offsets.list(name).map(({ partition }) => ({ partition, offset: null }));
      this.#check({ name, plugin, config }, forgotten);
      await this.#parts.offsets.alter(name, forgotten);
      return message('reset', plugin.alterOffsets !== undefined);
    }
    await this.#tellSink({ name, plugin, config }, undefined);
    const [deleted] = await this.#parts.client
      .admin()
      .deleteGroups([sinkGroupId(this.#parts.worker, config, name)]);
    if (deleted?.error !== undefined && deleted.error.errorName !== 'GROUP_ID_NOT_FOUND') {
      throw groupError('reset', name, deleted.error);
    }
    return message('reset', plugin.alterOffsets !== undefined);
  }

  async #groupOffsets(name: string, config: Properties) {
    return this.#parts.client.admin().listGroupOffsets(sinkGroupId(this.#parts.worker, config, name));
  }

  #check({ name, plugin, config }: OffsetOwner<DefinedSource>, offsets: readonly ConnectorOffset[]): void {
    const positions = offsets.map(({ partition, offset }) => ({
      partition,
      position: offset === null ? null : unwrapped(offset),
    }));
    try {
      plugin.alterOffsets?.(requirePluginConfig(plugin, pluginConfig(config, plugin.config)), positions);
    } catch (error) {
      throw this.#refusedBy(name, error);
    }
  }

  /** A sink that keeps its offsets itself would go on from them, whatever its group's are. */
  async #tellSink(
    { name, plugin, config }: OffsetOwner<DefinedSink>,
    offsets: readonly OffsetChange[] | undefined,
  ): Promise<void> {
    if (plugin.alterOffsets === undefined) return; // The answer says that its own are not changed.
    try {
      const read = requirePluginConfig(plugin, pluginConfig(config, plugin.config));
      await plugin.alterOffsets(read, offsets, this.#parts.context(name));
    } catch (error) {
      throw this.#refusedBy(name, error);
    }
  }

  /** What a connector says against an offset is an internal error, as what a Java connector throws is. */
  #refusedBy(name: string, error: unknown): HerderError {
    const reasons = error instanceof ConfigError ? error.problems.map((problem) => problem.message) : [];
    const said = error instanceof Error ? error.message : String(error);
    const text = this.#parts.secrets.redact(reasons.length > 0 ? reasons.join(' ') : said);
    return new HerderError('CONNECT_OFFSETS', 500, text === '' ? `${name} refused the offsets.` : text, {
      cause: error,
    });
  }

  async #alterGroup(name: string, config: Properties, offsets: readonly OffsetChange[]): Promise<void> {
    const admin = this.#parts.client.admin();
    const groupId = sinkGroupId(this.#parts.worker, config, name);
    const set = offsets.flatMap(({ topic, partition, offset }) =>
      offset === undefined ? [] : [{ topic, partition, offset }],
    );
    if (set.some(({ partition, offset }) => offset < 0 || partition < 0)) {
      throw new HerderError('CONNECT_OFFSETS', 500, `Failed to modify offsets for sink connector ${name}`);
    }
    const removed = offsets.filter(({ offset }) => offset === undefined);
    const results = [
      ...(set.length === 0 ? [] : await admin.alterGroupOffsets(groupId, set)),
      ...(removed.length === 0 ? [] : await admin.deleteGroupOffsets(groupId, removed)),
    ];
    const refused = results.find(
      ({ error }) => error !== undefined && error.errorName !== 'GROUP_ID_NOT_FOUND',
    );
    if (refused?.error !== undefined) throw groupError('alter', name, refused.error);
  }
}

function message(verb: 'altered' | 'reset', isSure: boolean): string {
  return isSure
    ? `The offsets for this connector have been ${verb} successfully`
    : `The Connect framework-managed offsets for this connector have been ${verb} successfully. However, if this ` +
        `connector manages offsets externally, they will need to be manually ${verb} in the system that the connector uses.`;
}

function sourceOffset({ partition, offset }: SentOffset): ConnectorOffset {
  if (partition !== null) return { partition, offset };
  throw new BadRequestError('The partition for a source connector offset cannot be null or missing');
}

const busyErrors = new Set(['UNKNOWN_MEMBER_ID', 'NON_EMPTY_GROUP', 'GROUP_SUBSCRIBED_TO_TOPIC']);

function groupError(
  verb: 'alter' | 'reset',
  name: string,
  cause: Error & { readonly errorName?: string },
): HerderError {
  const failed = `Failed to ${verb} consumer group offsets for connector ${name}`;
  const text = busyErrors.has(cause.errorName ?? '')
    ? `${failed} either because its tasks haven't stopped completely yet or the connector was resumed before the request to ` +
      `${verb} its offsets could be successfully completed. If the connector is in a stopped state, this operation can be ` +
      "safely retried. If it doesn't eventually succeed, the Connect cluster may need to be restarted to get rid of the zombie sink tasks."
    : failed;
  return new HerderError('CONNECT_OFFSETS', 500, text, { cause });
}
