import { ErrorCode } from '../../kafka/protocol/index.ts';
import type { MetricFamily, MetricSample } from '../../platform/metrics.ts';
import type { GroupService } from '../groups/index.ts';
import type { Partitions } from '../replica/partitions.ts';

/** What asks the group coordinator: the broker itself. */
const self = { apiVersion: 9, clientId: 'metrics', clientHost: '' };

/**
 * The groups by state, and how far each is behind, under the names that exporters of consumer lag have made common. A
 * group's position is what it has committed; its lag is the rest up to the high watermark.
 */
export async function groupFamilies(groups: GroupService, partitions: Partitions): Promise<MetricFamily[]> {
  const listed = await groups.listGroups({ statesFilter: [], typesFilter: [] });
  const offsets: MetricSample[] = [];
  const lags: MetricSample[] = [];
  const sums: MetricSample[] = [];
  for (const { groupId } of listed.groups) {
    let sum = 0;
    for (const { topic, partition, offset } of await committed(groups, groupId)) {
      const end = endOf(partitions, topic, partition);
      const labels = { consumergroup: groupId, topic, partition: String(partition) };
      offsets.push({ labels, value: offset });
      if (end === undefined) continue;
      const lag = Math.max(0, end - offset);
      lags.push({ labels, value: lag });
      sum += lag;
    }
    sums.push({ labels: { consumergroup: groupId }, value: sum });
  }
  const gauge = (name: string, help: string, samples: MetricSample[]): MetricFamily => ({
    name,
    help,
    type: 'gauge',
    samples,
  });
  return [
    gauge(
      'kafka_server_group_coordinator_metrics_group_count',
      'Groups by protocol and state.',
      counts(listed),
    ),
    gauge('kafka_consumergroup_current_offset', 'Offset that the group has committed.', offsets),
    gauge('kafka_consumergroup_lag', 'Records that the group has not committed yet.', lags),
    gauge('kafka_consumergroup_lag_sum', 'The same for all its partitions.', sums),
  ];
}

function counts({ groups }: Awaited<ReturnType<GroupService['listGroups']>>): MetricSample[] {
  const counted = new Map<string, { labels: Record<string, string>; value: number }>();
  for (const { groupType = '', groupState = '' } of groups) {
    const key = `${groupType} ${groupState}`;
    const sample = counted.get(key) ?? {
      labels: { protocol: groupType.toLowerCase(), state: groupState.toLowerCase() },
      value: 0,
    };
    sample.value += 1;
    counted.set(key, sample);
  }
  return [...counted.values()];
}

async function committed(
  groups: GroupService,
  groupId: string,
): Promise<{ topic: string; partition: number; offset: number }[]> {
  const wish = { groupId, memberId: null, memberEpoch: -1, topics: null };
  const request = { groupId: '', topics: null, groups: [wish], requireStable: false };
  const response = await groups.offsetFetch(request, self);
  const [group] = response.groups ?? [];
  if (group === undefined || group.errorCode !== ErrorCode.NONE) return [];
  return group.topics.flatMap(({ name, partitions }) =>
    partitions
      .filter(({ committedOffset }) => committedOffset >= 0)
      .map(({ partitionIndex, committedOffset }) => ({
        topic: name,
        partition: partitionIndex,
        offset: committedOffset,
      })),
  );
}

function endOf(partitions: Partitions, topic: string, index: number): number | undefined {
  const partition = partitions.lookupByName(topic, index);
  return typeof partition === 'number' ? undefined : partition.highWatermark;
}
