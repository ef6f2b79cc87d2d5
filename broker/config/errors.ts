import { StreamError } from '../../platform/errors.ts';

/**
 * A config value, or a combination of values, that Kafka would refuse. `problems` has every finding, in Kafka's
 * wording; `message` is the first, or all of them joined by `; `.
 */
export class ConfigError extends StreamError {
  readonly problems: readonly string[];
  constructor(problems: string | readonly string[]) {
    const all = typeof problems === 'string' ? [problems] : problems;
    super('BROKER_CONFIG_INVALID', all.join('; '));
    this.problems = all;
  }
}
