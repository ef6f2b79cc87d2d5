import { defineConfigs, int, list } from '../definition.ts';
import { listOfWords } from '../validator.ts';

/** Configs of a client metrics subscription (KIP-714). */
// biome-ignore format: a table, one config a line.
export const clientMetricsConfigs = defineConfigs({
  'metrics': list('', 'MEDIUM', 'Metric name prefixes the clients shall push; * for all.', listOfWords),
  'interval.ms': int(300_000, 'MEDIUM', 'Time between two metric pushes of a client.'),
  'match': list('', 'MEDIUM', 'Client selectors as key=pattern; a client must match all of them.', listOfWords),
});
