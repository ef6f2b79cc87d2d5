import type { MetricFamily } from '../../platform/metrics.ts';
import type { MetadataImage } from '../metadata/index.ts';

/** `KafkaServer`'s word for a broker that serves. */
const RUNNING = 3;

/** `kafka.controller` and `kafka.server:type=ReplicaManager`, as the metadata tells. */
export function clusterFamilies(image: MetadataImage, nodeId: number, isRunning: boolean): MetricFamily[] {
  const topics = [...image.topics()];
  const partitions = topics.flatMap((topic) => [...topic.partitions.values()]);
  const brokers = [...image.brokers()];
  const mine = partitions.filter(({ replicas }) => replicas.includes(nodeId));
  const led = mine.filter(({ leader }) => leader === nodeId);
  const gauge = (name: string, help: string, value: number): MetricFamily => ({
    name,
    help,
    type: 'gauge',
    samples: [{ value }],
  });
  const controller = 'kafka_controller_kafkacontroller';
  const replicas = 'kafka_server_replicamanager';
  return [
    gauge(
      'kafka_server_kafkaserver_brokerstate',
      '3 while the broker serves, 6 while it stops.',
      isRunning ? RUNNING : 6,
    ),
    gauge(`${controller}_activecontrollercount`, '1 on the controller.', 1),
    gauge(
      `${controller}_activebrokercount`,
      'Brokers that serve.',
      brokers.filter((each) => !each.isFenced).length,
    ),
    gauge(
      `${controller}_fencedbrokercount`,
      'Brokers that do not.',
      brokers.filter((each) => each.isFenced).length,
    ),
    gauge(`${controller}_globaltopiccount`, 'Topics of the cluster.', topics.length),
    gauge(`${controller}_globalpartitioncount`, 'Partitions of the cluster.', partitions.length),
    gauge(
      `${controller}_offlinepartitionscount`,
      'Partitions without a leader.',
      partitions.filter(({ leader }) => leader < 0).length,
    ),
    gauge(
      `${controller}_preferredreplicaimbalancecount`,
      'Partitions whose leader is not their first replica.',
      partitions.filter(({ leader, replicas: [preferred] }) => leader !== preferred).length,
    ),
    gauge(`${replicas}_partitioncount`, 'Replicas on this broker.', mine.length),
    gauge(`${replicas}_leadercount`, 'Partitions that this broker leads.', led.length),
    gauge(
      `${replicas}_offlinereplicacount`,
      'Replicas on this broker that cannot be served.',
      mine.length - led.length,
    ),
    gauge(
      `${replicas}_underreplicatedpartitions`,
      'Partitions led here with replicas that are behind.',
      led.filter(({ isr, replicas: all }) => isr.length < all.length).length,
    ),
  ];
}
