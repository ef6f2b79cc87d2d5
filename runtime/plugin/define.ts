import type { ConfigOf, ConfigSchema } from './config-schema.ts';
import type { ConverterPlugin, HeaderConverterPlugin } from './converter.ts';
import type { SinkPlugin } from './sink.ts';
import type { JsonValue, SourcePlugin } from './source.ts';
import type { PredicatePlugin, TransformPlugin } from './transform.ts';

/** What a plugin is; the `define…` functions add it. */
export type PluginKind = 'source' | 'sink' | 'transform' | 'predicate' | 'converter' | 'header_converter';

/** A registry holds plugins of all config and handle types; only the plugin itself knows them. */
type Any = unknown;

export type DefinedSource = SourcePlugin<ConfigSchema, Any, Any> & { readonly kind: 'source' };
export type DefinedSink = SinkPlugin<ConfigSchema, Any, Any> & { readonly kind: 'sink' };
export type DefinedTransform = TransformPlugin<ConfigSchema, Any, Any> & { readonly kind: 'transform' };
export type DefinedPredicate = PredicatePlugin<ConfigSchema, Any, Any> & { readonly kind: 'predicate' };
export type DefinedConverter = ConverterPlugin<ConfigSchema, Any, Any> & { readonly kind: 'converter' };
export type DefinedHeaderConverter = HeaderConverterPlugin<ConfigSchema, Any, Any> & {
  readonly kind: 'header_converter';
};

/** Any plugin that a `define…` function made. */
export type Plugin =
  | DefinedSource
  | DefinedSink
  | DefinedTransform
  | DefinedPredicate
  | DefinedConverter
  | DefinedHeaderConverter;

/** Makes a source; the config's type is inferred from its schema, the position's from `read`. */
export function defineSource<const S extends ConfigSchema, P = JsonValue>(
  plugin: SourcePlugin<S, ConfigOf<S>, P>,
): SourcePlugin<S, ConfigOf<S>, P> & { readonly kind: 'source' } {
  return { ...plugin, kind: 'source' };
}

/** Makes a sink; the handle's type is inferred from `open`. */
export function defineSink<const S extends ConfigSchema, H>(
  plugin: SinkPlugin<S, ConfigOf<S>, H>,
): SinkPlugin<S, ConfigOf<S>, H> & { readonly kind: 'sink' } {
  return { ...plugin, kind: 'sink' };
}

/** Makes a transform. With `open`, `map` gets what it returned; without, the config. */
export function defineTransform<const S extends ConfigSchema, H = ConfigOf<S>>(
  plugin: TransformPlugin<S, ConfigOf<S>, H> & {
    open(...args: Parameters<NonNullable<TransformPlugin<S, ConfigOf<S>, H>['open']>>): Promise<H> | H;
  },
): TransformPlugin<S, ConfigOf<S>, H> & { readonly kind: 'transform' };
export function defineTransform<const S extends ConfigSchema>(
  plugin: TransformPlugin<S, ConfigOf<S>, ConfigOf<S>>,
): TransformPlugin<S, ConfigOf<S>, ConfigOf<S>> & { readonly kind: 'transform' };
export function defineTransform(plugin: TransformPlugin<ConfigSchema, Any, Any>): DefinedTransform {
  return { ...plugin, kind: 'transform' };
}

/** Makes a predicate. With `open`, `test` gets what it returned; without, the config. */
export function definePredicate<const S extends ConfigSchema, H = ConfigOf<S>>(
  plugin: PredicatePlugin<S, ConfigOf<S>, H> & {
    open(...args: Parameters<NonNullable<PredicatePlugin<S, ConfigOf<S>, H>['open']>>): Promise<H> | H;
  },
): PredicatePlugin<S, ConfigOf<S>, H> & { readonly kind: 'predicate' };
export function definePredicate<const S extends ConfigSchema>(
  plugin: PredicatePlugin<S, ConfigOf<S>, ConfigOf<S>>,
): PredicatePlugin<S, ConfigOf<S>, ConfigOf<S>> & { readonly kind: 'predicate' };
export function definePredicate(plugin: PredicatePlugin<ConfigSchema, Any, Any>): DefinedPredicate {
  return { ...plugin, kind: 'predicate' };
}

/** Makes a key and value converter. */
export function defineConverter<const S extends ConfigSchema, H>(
  plugin: ConverterPlugin<S, ConfigOf<S>, H>,
): ConverterPlugin<S, ConfigOf<S>, H> & { readonly kind: 'converter' } {
  return { ...plugin, kind: 'converter' };
}

/** Makes a header converter. */
export function defineHeaderConverter<const S extends ConfigSchema, H>(
  plugin: HeaderConverterPlugin<S, ConfigOf<S>, H>,
): HeaderConverterPlugin<S, ConfigOf<S>, H> & { readonly kind: 'header_converter' } {
  return { ...plugin, kind: 'header_converter' };
}
