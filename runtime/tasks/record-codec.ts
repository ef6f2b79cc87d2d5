import type { ConnectorSettings, ConverterSpec, Secrets, TransformSpec } from '../config/index.ts';
import { type Properties, transformSpecs } from '../config/index.ts';
import {
  type OpenedConverter,
  type OpenedHeaderConverter,
  openConverter,
  openHeaderConverter,
} from '../converters/index.ts';
import { ConfigError, classNameOf, type PluginContext, type PluginRegistry } from '../plugin/index.ts';
import { openTransformChain, type TransformChain, type TransformStage } from '../transforms/index.ts';

/** A connector's converters and transforms, opened for one task. */
export interface RecordCodec {
  readonly key: OpenedConverter;
  readonly value: OpenedConverter;
  readonly header: OpenedHeaderConverter;
  /** Class names, for messages and dead-letter headers. */
  readonly names: { readonly key: string; readonly value: string; readonly header: string };
  readonly transforms: TransformChain;
  close(): Promise<void>;
}

/** Opens all of them, and tells `secrets` which of their keys are. Throws ConfigError or PluginError; what was opened is closed again then. */
export async function openRecordCodec(
  settings: ConnectorSettings,
  config: Properties,
  { plugins, secrets }: { readonly plugins: PluginRegistry; readonly secrets: Secrets },
  ctx: PluginContext,
): Promise<RecordCodec> {
  const opened: { close(): Promise<void> | void }[] = [];
  const keep = <T extends { close(): Promise<void> | void }>(part: T): T => {
    opened.push(part);
    return part;
  };
  const close = async (): Promise<void> => {
    for (const part of opened.toReversed()) await part.close();
  };
  try {
    const convert = async (
      { className, config }: ConverterSpec,
      isKey: boolean,
    ): Promise<OpenedConverter> => {
      const plugin = plugins.require('converter', className);
      secrets.addFrom(plugin.config, config);
      return keep(await openConverter(plugin, config, { isKey, signal: ctx.signal }));
    };
    const headers = plugins.require('header_converter', settings.headerConverter.className);
    secrets.addFrom(headers.config, settings.headerConverter.config);
    const stages = transformSpecs(config).map((spec) => stageOf(spec, plugins));
    for (const { plugin, raw, predicate } of stages) {
      secrets.addFrom(plugin.config, raw);
      if (predicate !== undefined) secrets.addFrom(predicate.plugin.config, predicate.raw);
    }
    return {
      key: await convert(settings.keyConverter, true),
      value: await convert(settings.valueConverter, false),
      header: keep(openHeaderConverter(headers, settings.headerConverter.config, ctx.signal)),
      names: {
        key: classNameOf(plugins.require('converter', settings.keyConverter.className)),
        value: classNameOf(plugins.require('converter', settings.valueConverter.className)),
        header: classNameOf(headers),
      },
      transforms: keep(await openTransformChain(stages, ctx)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function stageOf(
  { alias, type, predicate, isNegated, config }: TransformSpec,
  plugins: PluginRegistry,
): TransformStage {
  if (type === undefined)
    throw new ConfigError(`The transform '${alias}' has no type: set transforms.${alias}.type.`);
  return {
    alias,
    plugin: plugins.require('transform', type),
    raw: config,
    negate: isNegated,
    predicate: predicate === undefined ? undefined : predicateOf(alias, predicate, plugins),
  };
}

function predicateOf(
  transform: string,
  { alias, type, config }: NonNullable<TransformSpec['predicate']>,
  plugins: PluginRegistry,
) {
  if (type === undefined) {
    throw new ConfigError(
      `The transform '${transform}' names the predicate '${alias}', which is not there: set predicates.${alias}.type.`,
    );
  }
  return { plugin: plugins.require('predicate', type), raw: config };
}
