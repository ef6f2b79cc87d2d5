import type { MetricFamily, MetricSample } from '../../platform/metrics.ts';
import { addTraffic, noTraffic, type PartitionTraffic } from '../replica/partition-traffic.ts';
import type { Partitions } from '../replica/partitions.ts';
import type { LatencyHistogram } from '../server/latency-histogram.ts';
import type { ListenerTraffic, NetworkTraffic } from '../server/network-traffic.ts';
import { errorNameOf, type RequestMetrics } from '../server/request-metrics.ts';

const QUANTILES = [0.5, 0.75, 0.95, 0.98, 0.99, 0.999];

/** `kafka.network:type=RequestMetrics`: of each API that was asked for. */
export function requestFamilies({ apis }: RequestMetrics): MetricFamily[] {
  const requests = apis.flatMap(({ name, requests: byVersion }) =>
    byVersion.map((value, version) => ({ labels: { request: name, version: String(version) }, value })),
  );
  const errors = apis.flatMap(({ name, errors: byCode }) =>
    [...byCode].map(([code, value]) => ({ labels: { request: name, error: errorNameOf(code) }, value })),
  );
  const prefix = 'kafka_network_requestmetrics';
  return [
    {
      name: `${prefix}_requests_total`,
      type: 'counter',
      help: 'Requests answered.',
      samples: requests.filter((each) => each !== undefined),
    },
    { name: `${prefix}_errors_total`, type: 'counter', help: 'Error codes in answers.', samples: errors },
    {
      name: `${prefix}_totaltimems`,
      type: 'summary',
      help: 'From the arrival of a request to its answer, ms; waiting for records included.',
      samples: apis.flatMap(({ name, totalTime }) => summary(totalTime, { request: name })),
    },
  ];
}

/** Quantiles, count and sum of a histogram. */
function summary(histogram: LatencyHistogram, labels: Readonly<Record<string, string>>): MetricSample[] {
  const quantiles = QUANTILES.map((share) => ({
    labels: { ...labels, quantile: String(share) },
    value: histogram.quantile(share),
  }));
  return [
    ...quantiles,
    { labels, part: 'sum', value: histogram.sum },
    { labels, part: 'count', value: histogram.count },
  ];
}

const topicCounters: readonly (readonly [keyof PartitionTraffic, string, string])[] = [
  ['messagesIn', 'messagesin', 'Records taken.'],
  ['bytesIn', 'bytesin', 'Bytes of record batches taken, as they came.'],
  ['bytesOut', 'bytesout', 'Bytes of record batches given.'],
  ['bytesRejected', 'bytesrejected', 'Bytes of record batches refused.'],
  ['produceRequests', 'totalproducerequests', 'Produce requests, counted for each partition in them.'],
  ['failedProduceRequests', 'failedproducerequests', 'Those of them that were refused or failed.'],
  ['fetchRequests', 'totalfetchrequests', 'Fetch requests, counted for each partition in them.'],
  ['failedFetchRequests', 'failedfetchrequests', 'Those of them that were answered with an error.'],
];

/** `kafka.server:type=BrokerTopicMetrics`: of each topic, and without a label of all together. */
export function topicFamilies(partitions: Partitions): MetricFamily[] {
  const total = noTraffic();
  addTraffic(total, partitions.deletedTraffic);
  const topics = new Map<string, PartitionTraffic>();
  for (const { topic, traffic } of partitions.opened()) {
    const sum = topics.get(topic) ?? noTraffic();
    addTraffic(sum, traffic);
    addTraffic(total, traffic);
    topics.set(topic, sum);
  }
  return topicCounters.map(([counter, name, help]) => ({
    name: `kafka_server_brokertopicmetrics_${name}_total`,
    type: 'counter',
    help,
    samples: [
      { value: total[counter] },
      ...[...topics].map(([topic, traffic]) => ({ labels: { topic }, value: traffic[counter] })),
    ],
  }));
}

const listenerCounters: readonly (readonly [keyof ListenerTraffic, string, 'counter' | 'gauge', string])[] = [
  ['connectionsOpen', 'connection_count', 'gauge', 'Connections that are open.'],
  ['connectionsCreated', 'connection_creation_total', 'counter', 'Connections taken.'],
  ['bytesReceived', 'incoming_byte_total', 'counter', 'Bytes received.'],
  ['bytesSent', 'outgoing_byte_total', 'counter', 'Bytes sent.'],
];

/** Kafka's socket-server-metrics, by listener. */
export function networkFamilies({ listeners }: NetworkTraffic): MetricFamily[] {
  return listenerCounters.map(([counter, name, type, help]) => ({
    name: `kafka_server_socket_server_metrics_${name}`,
    type,
    help,
    samples: [...listeners].map(([listener, traffic]) => ({ labels: { listener }, value: traffic[counter] })),
  }));
}
