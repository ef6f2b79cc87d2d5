import type { MetricFamily } from '../../platform/metrics.ts';
import type { GroupService } from '../groups/index.ts';
import type { LogDirectories } from '../log/index.ts';
import type { MetadataImage } from '../metadata/index.ts';
import type { FetchSessions } from '../replica/fetch-sessions.ts';
import type { Partitions } from '../replica/partitions.ts';
import type { NetworkTraffic } from '../server/network-traffic.ts';
import type { RequestMetrics } from '../server/request-metrics.ts';
import { clusterFamilies } from './cluster-families.ts';
import { groupFamilies } from './group-families.ts';
import { directoryFamilies, partitionFamilies } from './log-families.ts';
import { networkFamilies, requestFamilies, topicFamilies } from './traffic-families.ts';

/** What is looked at when metrics are asked for. */
export interface MetricSources {
  readonly image: MetadataImage;
  readonly nodeId: number;
  readonly isRunning: boolean;
  readonly partitions: Partitions;
  readonly directories: LogDirectories;
  readonly groups: GroupService;
  readonly sessions: FetchSessions;
  readonly requests: RequestMetrics;
  readonly network: NetworkTraffic;
}

/**
 * What a broker tells of itself now: Kafka's MBeans, named as the Prometheus exporter for JMX names them in lower case,
 * so that dashboards made for Kafka show it.
 */
export async function brokerFamilies(sources: MetricSources): Promise<MetricFamily[]> {
  const { image, nodeId, isRunning, partitions, directories, groups, sessions } = sources;
  return [
    ...clusterFamilies(image, nodeId, isRunning),
    ...topicFamilies(partitions),
    ...requestFamilies(sources.requests),
    ...networkFamilies(sources.network),
    {
      name: 'kafka_server_fetchsessioncache_numincrementalfetchsessions',
      type: 'gauge',
      help: 'Fetch sessions that are kept.',
      samples: [{ value: sessions.size }],
    },
    ...partitionFamilies(partitions),
    ...directoryFamilies(directories),
    ...(await groupFamilies(groups, partitions)),
  ];
}
