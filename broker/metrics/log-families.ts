import type { MetricFamily, MetricSample } from '../../platform/metrics.ts';
import type { LogDirectories } from '../log/index.ts';
import type { Partition } from '../replica/partition.ts';
import type { Partitions } from '../replica/partitions.ts';

/** `kafka.log` and `kafka.cluster`: of the partitions in use since the start; the others have not been opened. */
export function partitionFamilies(partitions: Partitions): MetricFamily[] {
  const opened = [...partitions.opened()];
  const gauge = (name: string, help: string, value: (partition: Partition) => number): MetricFamily => ({
    name,
    help,
    type: 'gauge',
    samples: opened.map((partition) => ({ labels: labelsOf(partition), value: value(partition) })),
  });
  return [
    gauge('kafka_log_log_size', 'Bytes of all segments.', ({ log }) => log.size),
    gauge('kafka_log_log_numlogsegments', 'Segments.', ({ log }) => log.segments.length),
    gauge('kafka_log_log_logstartoffset', 'First offset that can be read.', ({ log }) => log.logStartOffset),
    gauge('kafka_log_log_logendoffset', 'Offset that the next record gets.', ({ log }) => log.logEndOffset),
    gauge(
      'kafka_cluster_partition_highwatermark',
      'End of what consumers may read.',
      (each) => each.highWatermark,
    ),
    gauge(
      'kafka_cluster_partition_laststableoffsetlag',
      'Records below the high watermark that wait for the end of a transaction.',
      ({ highWatermark, lastStableOffset }) => highWatermark - lastStableOffset,
    ),
  ];
}

/** `kafka.log:type=LogManager`: the log directories. */
export function directoryFamilies(directories: LogDirectories): MetricFamily[] {
  const all = directories.all.map(({ path, directory }) => ({
    labels: { logdirectory: path },
    value: directory === undefined || directory.isOffline ? 1 : 0,
  }));
  const space = directories.online.flatMap((directory): MetricSample[] => {
    try {
      return [{ labels: { logdirectory: directory.path }, value: directory.space().usableBytes }];
    } catch {
      return []; // It has just failed, and says so from the next time on.
    }
  });
  return [
    {
      name: 'kafka_log_logmanager_logdirectoryoffline',
      type: 'gauge',
      help: '1 for a log directory that failed.',
      samples: all,
    },
    {
      name: 'kafka_log_logmanager_offlinelogdirectorycount',
      type: 'gauge',
      help: 'Log directories that failed.',
      samples: [{ value: all.filter(({ value }) => value === 1).length }],
    },
    {
      name: 'millrace_log_directory_usable_bytes',
      type: 'gauge',
      help: 'Room that is left where the log directory is.',
      samples: space,
    },
  ];
}

function labelsOf({ topic, index }: Partition): Readonly<Record<string, string>> {
  return { topic, partition: String(index) };
}
