import type { Properties } from './properties.ts';
import type { ResolveReferences } from './references.ts';
import type { ConfigInfos, SentConfig } from './validation.ts';

/**
 * Validates a config with its references resolved, and tells nothing of what they stand for: such a key shows the
 * reference, and not why its value is wrong. `config.providers…` in a connector's config is left out.
 */
export function validateResolved(
  sent: SentConfig,
  resolve: ResolveReferences,
  validate: (config: SentConfig) => ConfigInfos,
): ConfigInfos {
  const own = Object.fromEntries(Object.entries(sent).filter(([key]) => !key.startsWith('config.providers')));
  const resolved = resolve(textsOf(own));
  const referring = Object.keys(resolved).filter((key) => resolved[key] !== own[key]);
  const infos = validate({ ...own, ...resolved });
  return referring.length === 0 ? infos : redacted(infos, own, { resolved, referring });
}

function textsOf(sent: SentConfig): Properties {
  return Object.fromEntries(
    Object.entries(sent).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

function redacted(
  infos: ConfigInfos,
  sent: SentConfig,
  { resolved, referring }: { readonly resolved: Properties; readonly referring: readonly string[] },
): ConfigInfos {
  const secrets = referring.map((key) => resolved[key] ?? '').filter((value) => value !== '');
  const isTelling = (text: string): boolean => secrets.some((secret) => text.includes(secret));
  const configs = infos.configs.map((info) => {
    const { value } = info;
    const isReferring = referring.includes(value.name);
    const errors = value.errors.map((error) =>
      isReferring || isTelling(error)
        ? `Invalid value for configuration '${value.name}': the value resolved from the config provider reference failed validation`
        : error,
    );
    const shown = isReferring ? { value: sent[value.name] ?? null, recommended_values: [] } : {};
    return { ...info, value: { ...value, ...shown, errors } };
  });
  const { name } = infos;
  return {
    ...infos,
    name: referring.includes('connector.class') ? (sent['connector.class'] ?? '') : name,
    configs,
  };
}
