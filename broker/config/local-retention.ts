import type { BrokerConfig } from './broker-config.ts';
import { brokerConfig } from './broker-properties.ts';
import { type ConfigTexts, staticLayers } from './config-layers.ts';
import { invalidDynamic } from './errors.ts';
import { invalidValue } from './validator.ts';

/**
 * What Kafka says when a broker would keep more on its own disk than it keeps at all. The texts must be good by
 * themselves.
 */
export function localRetentionProblems(texts: ConfigTexts): readonly string[] {
  const config = brokerConfig(staticLayers(texts));
  return [
    ...found('log.local.retention.ms', config.logLocalRetentionMs, 'log.retention.ms', retentionMs(config)),
    ...found(
      'log.local.retention.bytes',
      config.logLocalRetentionBytes,
      'log.retention.bytes',
      config.logRetentionBytes,
    ),
  ];
}

function retentionMs({ logRetentionMs, logRetentionMinutes, logRetentionHours }: BrokerConfig): number {
  if (logRetentionMs !== null) return logRetentionMs;
  const minutes = logRetentionMinutes ?? logRetentionHours * 60;
  return minutes < 0 ? -1 : minutes * 60_000;
}

/** -1 for no limit, -2 of the local one for the same limit. */
function found(localName: string, local: number, name: string, limit: number): readonly string[] {
  if (limit < 0 || local === -2) return [];
  const problem = (finding: string) => [invalidDynamic(invalidValue(localName, local, finding))];
  if (local === -1) return problem(`Value must not be -1 as ${name} value is set as ${limit}.`);
  return local > limit ? problem(`Value must not be more than ${name} property value: ${limit}`) : [];
}
