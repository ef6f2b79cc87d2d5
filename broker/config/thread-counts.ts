import { brokerConfigDefinition } from './broker-configs.ts';
import { type BrokerConfigLayers, type ConfigTexts, configSynonyms } from './config-layers.ts';
import { invalidDynamic } from './errors.ts';

/** Thread counts that Kafka resizes while it runs, by no more than half or double at a time. */
const resizable = [
  'num.io.threads',
  'num.replica.fetchers',
  'num.recovery.threads.per.data.dir',
  'background.threads',
  'num.network.threads',
  'remote.log.reader.threads',
  'remote.log.manager.copier.thread.pool.size',
  'remote.log.manager.expiration.thread.pool.size',
  'remote.log.manager.follower.thread.pool.size',
];
const cleanerThreads = 'log.cleaner.threads';

/** What Kafka says of a thread count that is changed too much at once. The values must be good by themselves. */
export function threadCountProblems(proposed: ConfigTexts, layers: BrokerConfigLayers): readonly string[] {
  const count = (name: string): number =>
    Number(configSynonyms([name], layers)[0]?.value ?? brokerConfigDefinition(name)?.default);
  const resized = resizable.flatMap((name) => {
    const text = proposed.get(name)?.trim();
    const finding = text === undefined ? undefined : poolFinding(Number(text), count(name));
    if (finding === undefined) return [];
    return [`Dynamic thread count update validation failed for ${name}=${text}, ${finding}`];
  });
  const cleaners = proposed.get(cleanerThreads);
  const finding =
    cleaners === undefined ? undefined : cleanerFinding(Number(cleaners), count(cleanerThreads));
  return [...resized, ...(finding === undefined ? [] : [finding])].map(invalidDynamic);
}

function poolFinding(wanted: number, current: number): string | undefined {
  if (wanted < 1) return 'value should be at least 1';
  if (wanted < Math.floor(current / 2)) return `value should be at least half the current value ${current}`;
  return wanted > current * 2
    ? `value should not be greater than double the current value ${current}`
    : undefined;
}

function cleanerFinding(wanted: number, current: number): string | undefined {
  if (wanted < 1) return 'Log cleaner threads should be at least 1';
  if (wanted < Math.floor(current / 2)) {
    return `Log cleaner threads cannot be reduced to less than half the current value ${current}`;
  }
  return wanted > current * 2
    ? `Log cleaner threads cannot be increased to more than double the current value ${current}`
    : undefined;
}
