import { StreamError } from '../../platform/errors.ts';

/**
 * A config value, or a combination of values, that Kafka would refuse. `problems` has every finding, in Kafka's
 * wording; `message` is all of them joined by `; `.
 */
export class ConfigError extends StreamError {
  readonly problems: readonly string[];
  constructor(problems: string | readonly string[]) {
    const all = typeof problems === 'string' ? [problems] : problems;
    super('BROKER_CONFIG_INVALID', all.join('; '));
    this.problems = all;
  }
}

/** Kafka wraps what a component says of its new configs in a sentence that was meant for something else. */
export function invalidDynamic(finding: string): string {
  return `Invalid value org.apache.kafka.common.config.ConfigException: ${finding} for configuration Invalid dynamic configuration`;
}
