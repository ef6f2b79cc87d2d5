import type { Logger } from '../platform/logger.ts';
import {
  type BrokerConfig,
  type BrokerConfigLayers,
  brokerConfig,
  ConfigError,
  type ConfigTexts,
} from './config/index.ts';
import { brokerLayers, type MetadataImage } from './metadata/index.ts';
import { type ConnectionLimits, connectionLimits } from './server/connection-limits.ts';

/** Where a broker's configs come from. */
export interface ConfigSources {
  readonly image: MetadataImage;
  readonly nodeId: number;
  /** `server.properties`. */
  readonly properties: ConfigTexts;
  readonly logger: Logger;
}

/** The broker's configs in force: static ones under dynamic ones, computed once for each change of these. */
export class EffectiveConfig {
  readonly #sources: ConfigSources;
  #current: BrokerConfig;
  #limits: ConnectionLimits;

  constructor(sources: ConfigSources) {
    this.#sources = sources;
    this.#current = brokerConfig(this.#layers());
    this.#limits = connectionLimits(this.#current, this.#layers());
  }

  /** Ask each time: it is another object after a change. */
  get current(): BrokerConfig {
    return this.#current;
  }

  get limits(): ConnectionLimits {
    return this.#limits;
  }

  /** Takes over what changed in the dynamic configs; false, and told in the log, when that cannot be used. */
  refresh(): boolean {
    const layers = this.#layers();
    try {
      this.#current = brokerConfig(layers);
    } catch (err) {
      if (!(err instanceof ConfigError)) throw err;
      this.#sources.logger.error({ err }, 'dynamic configs cannot be used, the old ones stay in force');
      return false;
    }
    this.#limits = connectionLimits(this.#current, layers);
    return true;
  }

  #layers(): BrokerConfigLayers {
    const { image, nodeId, properties } = this.#sources;
    return brokerLayers(image, nodeId, properties);
  }
}
