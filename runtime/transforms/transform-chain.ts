import { StreamError } from '../../platform/errors.ts';
import type { ConnectRecord } from '../data/index.ts';
import {
  ConfigError,
  classNameOf,
  type DefinedPredicate,
  type DefinedTransform,
  type PluginContext,
  type RawConfig,
  requirePluginConfig,
} from '../plugin/index.ts';

/** One step of a chain. `raw`: its keys without `transforms.<alias>.`, and without type, predicate and negate. */
export interface TransformStage {
  readonly alias: string;
  readonly plugin: DefinedTransform;
  readonly raw: RawConfig;
  /** Only records that it is true for are changed; with `negate`, only the others. */
  readonly predicate?: { readonly plugin: DefinedPredicate; readonly raw: RawConfig } | undefined;
  readonly negate?: boolean | undefined;
}

/** Transforms of a connector, opened, in order. Synchronous per record. */
export interface TransformChain {
  /** What becomes of one record: none, one or several. Throws {@link TransformationError}. */
  apply(record: ConnectRecord): readonly ConnectRecord[];
  close(): Promise<void>;
}

/** A transform failed on a record. `cause` is what it threw; the names say which transform. */
export class TransformationError extends StreamError {
  readonly alias: string;
  readonly className: string;

  constructor(alias: string, className: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super('CONNECT_TRANSFORMATION', `The transform '${alias}' failed: ${reason}`, { cause });
    this.alias = alias;
    this.className = className;
  }
}

/** Opens every stage. Throws {@link ConfigError} for a wrong configuration; what was opened is closed again then. */
export async function openTransformChain(
  stages: readonly TransformStage[],
  ctx: PluginContext,
): Promise<TransformChain> {
  const opened: OpenedStage[] = [];
  const close = async (): Promise<void> => {
    for (const stage of opened.toReversed()) await stage.close();
  };
  try {
    for (const stage of stages) opened.push(await openStage(stage, ctx));
  } catch (error) {
    await close();
    throw error;
  }
  return { apply: (record) => applyFrom(opened, 0, record), close };
}

interface OpenedStage {
  readonly alias: string;
  readonly className: string;
  appliesTo(record: ConnectRecord): boolean;
  map(record: ConnectRecord): ReturnType<DefinedTransform['map']>;
  close(): Promise<void>;
}

async function openStage(stage: TransformStage, ctx: PluginContext): Promise<OpenedStage> {
  const { alias, plugin, raw, negate = false } = stage;
  if (negate && stage.predicate === undefined) {
    throw new ConfigError(
      `The transform '${alias}' has negate without a predicate: name a predicate, or remove negate.`,
    );
  }
  const predicate = stage.predicate === undefined ? undefined : await openPredicate(stage.predicate, ctx);
  const config = requirePluginConfig(plugin, raw);
  const handle = plugin.open === undefined ? config : await plugin.open(config, ctx);
  // Looked up once: a plugin that is loaded when it is used answers through a proxy.
  const map = plugin.map.bind(plugin);
  return {
    alias,
    className: classNameOf(plugin),
    appliesTo: (record) => predicate === undefined || predicate.test(record) !== negate,
    map: (record) => map(record, handle, ctx),
    close: async () => {
      await plugin.close?.(handle);
      await predicate?.close();
    },
  };
}

async function openPredicate({ plugin, raw }: NonNullable<TransformStage['predicate']>, ctx: PluginContext) {
  const config = requirePluginConfig(plugin, raw);
  const handle = plugin.open === undefined ? config : await plugin.open(config, ctx);
  const test = plugin.test.bind(plugin);
  return {
    test: (record: ConnectRecord): boolean => test(record, handle),
    close: async () => plugin.close?.(handle),
  };
}

function applyFrom(
  stages: readonly OpenedStage[],
  start: number,
  record: ConnectRecord,
): readonly ConnectRecord[] {
  let current = record;
  for (let index = start; index < stages.length; index++) {
    const stage = stages[index];
    const result = stage === undefined ? current : applyStage(stage, current);
    if (result === null) return [];
    if (isList(result)) return result.flatMap((each) => applyFrom(stages, index + 1, each));
    current = result;
  }
  return [current];
}

function applyStage(stage: OpenedStage, record: ConnectRecord): ReturnType<DefinedTransform['map']> {
  try {
    const result = stage.appliesTo(record) ? stage.map(record) : record;
    requireRecords(result);
    return result;
  } catch (error) {
    throw new TransformationError(stage.alias, stage.className, error);
  }
}

/** A forgotten `return` would otherwise be found much later, and blamed on the producer. */
function requireRecords(result: unknown): void {
  if (typeof result === 'object') return;
  throw new TypeError(`'map' returned ${typeof result}: return a record, an array of records, or null`);
}

function isList(result: ConnectRecord | readonly ConnectRecord[]): result is readonly ConnectRecord[] {
  return Array.isArray(result);
}
