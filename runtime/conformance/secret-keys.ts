import type { ConfigProperty, FlatConfig } from '../plugin/index.ts';

/** A key whose value is secret; with `isPrefix` all keys that begin so. */
interface SecretKey {
  readonly name: string;
  readonly isPrefix: boolean;
}

/** The secret keys of a schema, nested ones joined with dots. */
export function secretKeys(schema: ConfigProperty, prefix = ''): readonly SecretKey[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]): readonly SecretKey[] => {
    if (property.format === 'secret') return [{ name: prefix + name, isPrefix: false }];
    if (property.type !== 'object') return [];
    const free = property.additionalProperties;
    return [
      ...secretKeys(property, `${prefix}${name}.`),
      ...(free && free.format === 'secret' ? [{ name: `${prefix}${name}.`, isPrefix: true }] : []),
    ];
  });
}

/** Whether a config gives a value to the key. */
export function isGiven({ name, isPrefix }: SecretKey, config: FlatConfig): boolean {
  return Object.keys(config).some((key) => (isPrefix ? key.startsWith(name) : key === name));
}

/** The values of secret keys in a config. */
export function secretValues(keys: readonly SecretKey[], config: FlatConfig): readonly string[] {
  return Object.entries(config)
    .filter(([key]) => keys.some(({ name, isPrefix }) => (isPrefix ? key.startsWith(name) : key === name)))
    .map(([, value]) => String(value));
}
