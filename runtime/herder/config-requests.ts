import type { ConfigInfos, Properties, SentConfig } from '../config/index.ts';
import { BadRequestError } from './errors.ts';

/** The config with the connector's name in it. Throws BadRequestError when it names another one. */
export function namedConfig(name: string, config: SentConfig): SentConfig {
  const own = config['name'];
  if (own === undefined || own === null) return { ...config, name };
  if (own === name) return config;
  throw new BadRequestError(
    `Connector name configuration (${own}) doesn't match connector name in the URL (${name})`,
  );
}

/** The merged config of a PATCH: null removes a key. */
export function patchedConfig(config: Properties, patch: SentConfig): Properties {
  const merged: Record<string, string> = { ...config };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = value;
  }
  return merged;
}

/** The config, once it has no problems. Throws BadRequestError with all of them, in Kafka Connect's words. */
export function validConfig(config: SentConfig, infos: ConfigInfos): Properties {
  const errors = infos.configs.flatMap(({ value }) => value.errors);
  if (errors.length > 0) {
    throw new BadRequestError(
      `Connector configuration is invalid and contains the following ${errors.length} error(s):\n${errors.join('\n')}\n` +
        'You can also find the above list of errors at the endpoint `/connector-plugins/{connectorType}/config/validate`',
    );
  }
  return Object.fromEntries(
    Object.entries(config).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}
