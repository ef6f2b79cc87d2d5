import type { CommandEntry } from '../command.ts';
import type { Tool } from './tool.ts';

/** Kafka's tools under their own names. They answer `--help` as Kafka's do. */
export const kafkaTools: ReadonlyMap<string, CommandEntry> = new Map([
  [
    'kafka-topics',
    entry(
      'Create, list, describe, alter and delete topics',
      async () => (await import('./topics/kafka-topics.ts')).kafkaTopics,
    ),
  ],
  [
    'kafka-configs',
    entry(
      'Show and change configs of topics, brokers and groups',
      async () => (await import('./configs/kafka-configs.ts')).kafkaConfigs,
    ),
  ],
  [
    'kafka-console-producer',
    entry(
      'Write lines from stdin to a topic',
      async () => (await import('./console-producer/kafka-console-producer.ts')).kafkaConsoleProducer,
    ),
  ],
  [
    'kafka-console-consumer',
    entry(
      'Print the records of topics',
      async () => (await import('./console-consumer/kafka-console-consumer.ts')).kafkaConsoleConsumer,
    ),
  ],
  [
    'kafka-consumer-groups',
    entry(
      'List, describe, reset and delete consumer groups',
      async () => (await import('./consumer-groups/kafka-consumer-groups.ts')).kafkaConsumerGroups,
    ),
  ],
  [
    'kafka-groups',
    entry('List groups of all types', async () => (await import('./groups/kafka-groups.ts')).kafkaGroups),
  ],
  [
    'kafka-get-offsets',
    entry(
      'Print offsets of partitions',
      async () => (await import('./get-offsets/kafka-get-offsets.ts')).kafkaGetOffsets,
    ),
  ],
  [
    'kafka-delete-records',
    entry(
      'Delete records before an offset',
      async () => (await import('./delete-records/kafka-delete-records.ts')).kafkaDeleteRecords,
    ),
  ],
  [
    'kafka-transactions',
    entry(
      'Show transactions and end those that hang',
      async () => (await import('./transactions/kafka-transactions.ts')).kafkaTransactions,
    ),
  ],
  [
    'kafka-log-dirs',
    entry(
      'Show log directories and the sizes of replicas',
      async () => (await import('./log-dirs/kafka-log-dirs.ts')).kafkaLogDirs,
    ),
  ],
  [
    'kafka-leader-election',
    entry(
      'Have leaders elected',
      async () => (await import('./leader-election/kafka-leader-election.ts')).kafkaLeaderElection,
    ),
  ],
  [
    'kafka-features',
    entry(
      'Show and change feature levels',
      async () => (await import('./features/kafka-features.ts')).kafkaFeatures,
    ),
  ],
  [
    'kafka-broker-api-versions',
    entry(
      'Show the APIs that brokers serve',
      async () => (await import('./broker-api-versions/kafka-broker-api-versions.ts')).kafkaBrokerApiVersions,
    ),
  ],
  [
    'kafka-metadata-quorum',
    entry(
      'Show the metadata quorum',
      async () => (await import('./metadata-quorum/kafka-metadata-quorum.ts')).kafkaMetadataQuorum,
    ),
  ],
  [
    'kafka-cluster',
    entry(
      "Show the cluster's id and brokers",
      async () => (await import('./cluster/kafka-cluster.ts')).kafkaCluster,
    ),
  ],
  [
    'kafka-storage',
    entry(
      'Look at log directories, make ids',
      async () => (await import('./storage/kafka-storage.ts')).kafkaStorage,
    ),
  ],
  [
    'kafka-dump-log',
    entry(
      'Print what is in log, index and snapshot files',
      async () => (await import('./dump-log/kafka-dump-log.ts')).kafkaDumpLog,
    ),
  ],
  [
    'kafka-producer-perf-test',
    entry(
      'Measure how fast records are written',
      async () => (await import('./producer-perf-test/kafka-producer-perf-test.ts')).kafkaProducerPerfTest,
    ),
  ],
  [
    'kafka-consumer-perf-test',
    entry(
      'Measure how fast records are read',
      async () => (await import('./consumer-perf-test/kafka-consumer-perf-test.ts')).kafkaConsumerPerfTest,
    ),
  ],
  [
    'kafka-e2e-latency',
    entry(
      'Measure how long records take',
      async () => (await import('./e2e-latency/kafka-e2e-latency.ts')).kafkaE2eLatency,
    ),
  ],
  [
    'kafka-verifiable-producer',
    entry(
      'Write numbers, tell of each in JSON',
      async () => (await import('./verifiable/kafka-verifiable-producer.ts')).kafkaVerifiableProducer,
    ),
  ],
  [
    'kafka-verifiable-consumer',
    entry(
      'Read records, tell of them in JSON',
      async () => (await import('./verifiable/kafka-verifiable-consumer.ts')).kafkaVerifiableConsumer,
    ),
  ],
]);

function entry(summary: string, loadTool: () => Promise<Tool>): CommandEntry {
  return {
    summary,
    load: async () => {
      const [tool, { runOnProcess }] = await Promise.all([loadTool(), import('../process-io.ts')]);
      return { run: (args) => runOnProcess((io) => tool(args, io)) };
    },
  };
}
