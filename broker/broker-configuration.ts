import type { Logger } from '../platform/logger.ts';
import {
  type BrokerConfig,
  brokerConfig,
  ConfigError,
  type ConfigTexts,
  examineProperties,
  singleNodeProperties,
  staticLayers,
} from './config/index.ts';

/** All properties of the node. Throws {@link ConfigError} with every problem; tells what of the given ones is not used. */
export function checkedProperties(properties: ConfigTexts, logger: Logger): ConfigTexts {
  const { problems, unknown, withoutEffect } = examineProperties(properties);
  if (problems.length > 0) throw new ConfigError(problems);
  if (unknown.length > 0) logger.warn({ names: unknown }, 'unknown broker configs are ignored');
  if (withoutEffect.length > 0) {
    logger.warn({ names: withoutEffect }, "configs of Kafka's that change nothing in this broker");
  }
  return singleNodeProperties(properties);
}

/** The configs of a broker on which nothing was changed while it ran. */
export function staticConfig(properties: ConfigTexts): BrokerConfig {
  return brokerConfig(staticLayers(properties));
}
