import type { Files } from '../../../../platform/files.ts';
import { clientSources } from '../client-options.ts';
import type { Properties } from '../properties-file.ts';
import type { ToolArguments } from '../tool-options.ts';
import type { ProducerToolOption } from './options.ts';

/** Options that stand for a property of the producer. */
const propertyOf = {
  'request-required-acks': 'acks',
  'request-timeout-ms': 'request.timeout.ms',
  'retry-backoff-ms': 'retry.backoff.ms',
  'metadata-expiry-ms': 'metadata.max.age.ms',
  'max-block-ms': 'max.block.ms',
  'max-memory-bytes': 'buffer.memory',
  timeout: 'linger.ms',
} as const satisfies Partial<Record<ProducerToolOption, string>>;

const numeric: readonly ProducerToolOption[] = ['message-send-max-retries', 'socket-buffer-size'];

/**
 * Kafka's producer properties as the command line gives them: an option that was given, then `--command-property`, then
 * the file of `--command-config`, then the option's default. Throws ToolError and ToolUsageError.
 */
export function producerProperties(args: ToolArguments<ProducerToolOption>, files: Files): Properties {
  const sources = clientSources(
    args,
    {
      files: ['producer.config', 'command-config'],
      properties: ['producer-property', 'command-property'],
    },
    files,
  );
  const properties = new Map(sources.flatMap((source) => [...source]));
  for (const option of numeric) args.number(option);
  for (const [option, name] of Object.entries(propertyOf) as [keyof typeof propertyOf, string][]) {
    const isText = option === 'request-required-acks';
    const value = isText ? args.text(option) : args.number(option)?.toString();
    if (value !== undefined && (args.has(option) || !properties.has(name))) properties.set(name, value);
  }
  const batchBytes = args.number('batch-size') ?? args.number('max-partition-memory-bytes');
  if (batchBytes !== undefined) properties.set('batch.size', String(batchBytes));
  else if (!properties.has('batch.size')) properties.set('batch.size', '16384');
  properties.set('compression.type', compression(args));
  return properties;
}

function compression(args: ToolArguments<ProducerToolOption>): string {
  if (!args.has('compression-codec')) return 'none';
  const codec = args.text('compression-codec');
  return codec === undefined || codec === '' ? 'gzip' : codec;
}
