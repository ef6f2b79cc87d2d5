import type { ConfigSchema } from '../plugin/index.ts';
import { commonKeys, deadLetterKeys, sinkKeys, sourceKeys } from './connector-keys.ts';
import { extensionKeys } from './extension-keys.ts';
import { listOf, type Properties, withPrefix } from './properties.ts';

const runtimeKeys = new Set(
  [commonKeys, deadLetterKeys, extensionKeys, sinkKeys, sourceKeys].flatMap((keys) => Object.keys(keys)),
);

const runtimePrefixes = [
  'transforms.',
  'predicates.',
  'key.converter.',
  'value.converter.',
  'header.converter.',
  'producer.override.',
  'consumer.override.',
  'admin.override.',
  'topic.creation.',
];

/** The part of a connector's config that is the plugin's own: all but the runtime's keys, unless the plugin has them too. */
export function pluginConfig(config: Properties, { properties }: ConfigSchema): Properties {
  const isOwn = (key: string): boolean =>
    Object.hasOwn(properties, key) ||
    !(runtimeKeys.has(key) || runtimePrefixes.some((prefix) => key.startsWith(prefix)));
  return Object.fromEntries(Object.entries(config).filter(([key]) => isOwn(key)));
}

/** One transform of a connector, as its config says it. */
export interface TransformSpec {
  readonly alias: string;
  readonly type: string | undefined;
  readonly predicate:
    | { readonly alias: string; readonly type: string | undefined; readonly config: Properties }
    | undefined;
  readonly isNegated: boolean;
  /** Its keys without the prefix, and without type, predicate and negate. */
  readonly config: Properties;
}

/** The transforms of a connector in order. */
export function transformSpecs(config: Properties): readonly TransformSpec[] {
  return listOf(config['transforms']).map((alias) => {
    const keys = withPrefix(config, `transforms.${alias}.`);
    const { type, predicate, negate, 'plugin.version': version, ...own } = keys;
    return {
      alias,
      type,
      predicate: predicate === undefined ? undefined : predicateSpec(config, predicate),
      isNegated: negate?.trim().toLowerCase() === 'true',
      config: own,
    };
  });
}

function predicateSpec(config: Properties, alias: string) {
  const keys = withPrefix(config, `predicates.${alias}.`);
  const { type, 'plugin.version': version, ...own } = keys;
  return { alias, type, config: own };
}
