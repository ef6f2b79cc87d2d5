import {
  boolean,
  clusterWide,
  DOUBLE_MAX,
  defineConfigs,
  double,
  int,
  LONG_MAX,
  long,
} from '../definition.ts';
import { atLeast, fraction } from '../validator.ts';

/** Compaction. */
// biome-ignore format: a table, one config a line.
export const cleanerConfigs = defineConfigs({
  'log.cleaner.threads': int(1, 'MEDIUM', 'Threads that compact logs.', atLeast(0), clusterWide),
  'log.cleaner.io.max.bytes.per.second': double(DOUBLE_MAX, 'MEDIUM', 'Bytes the cleaner may read and write per second.', clusterWide),
  'log.cleaner.dedupe.buffer.size': long(134_217_728, 'MEDIUM', 'Memory for key deduplication, over all cleaner threads.', clusterWide),
  'log.cleaner.io.buffer.size': int(524_288, 'MEDIUM', 'Memory for cleaner reads and writes, over all threads.', atLeast(0), clusterWide),
  'log.cleaner.io.buffer.load.factor': double(0.9, 'MEDIUM', 'How full the deduplication buffer may get.', clusterWide),
  'log.cleaner.backoff.ms': long(15_000, 'MEDIUM', 'Sleep of the cleaner when nothing needs cleaning.', atLeast(0), clusterWide),
  'log.cleaner.min.cleanable.ratio': double(0.5, 'MEDIUM', 'Share of dirty bytes that makes a log worth compacting.', fraction(1), clusterWide),
  'log.cleaner.enable': boolean(true, 'MEDIUM', 'Run the cleaner; compacted topics need it.'),
  'log.cleaner.delete.retention.ms': long(86_400_000, 'MEDIUM', 'Time tombstones and transaction markers survive cleaning.', atLeast(0), clusterWide),
  'log.cleaner.min.compaction.lag.ms': long(0, 'MEDIUM', 'Age below which a record is never compacted.', atLeast(0), clusterWide),
  'log.cleaner.max.compaction.lag.ms': long(LONG_MAX, 'MEDIUM', 'Age above which a record must be compacted.', atLeast(1), clusterWide),
});
