import type { CommandEntry } from '../command.ts';
import type { Tool } from './tool.ts';

/** Kafka's tools under their own names. They answer `--help` as Kafka's do. */
export const kafkaTools: ReadonlyMap<string, CommandEntry> = new Map([
  ['kafka-topics', entry('Create, list, describe, alter and delete topics', topics)],
  ['kafka-configs', entry('Show and change configs of topics, brokers and groups', configs)],
  ['kafka-console-producer', entry('Write lines from stdin to a topic', producer)],
  ['kafka-console-consumer', entry('Print the records of topics', consumer)],
  ['kafka-consumer-groups', entry('List, describe, reset and delete consumer groups', groups)],
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

async function topics(): Promise<Tool> {
  return (await import('./topics/kafka-topics.ts')).kafkaTopics;
}

async function configs(): Promise<Tool> {
  return (await import('./configs/kafka-configs.ts')).kafkaConfigs;
}

async function producer(): Promise<Tool> {
  return (await import('./console-producer/kafka-console-producer.ts')).kafkaConsoleProducer;
}

async function consumer(): Promise<Tool> {
  return (await import('./console-consumer/kafka-console-consumer.ts')).kafkaConsoleConsumer;
}

async function groups(): Promise<Tool> {
  return (await import('./consumer-groups/kafka-consumer-groups.ts')).kafkaConsumerGroups;
}
