import type { BrokerProcess } from '../broker-process.ts';
import { type Child, until } from '../child.ts';
import { differencesOf } from '../differences.ts';
import { type Check, expectEqual, Mismatch } from '../report.ts';
import { compareTranscript } from '../transcript.ts';
import { startJava } from './java.ts';
import type { Part, PartContext } from './part.ts';
import { type RunTools, runKafkaTools, runOurTools } from './tool-runner.ts';
import {
  clusterCommands,
  groupCommands,
  lookTogether,
  recordCommands,
  topicCommands,
  writeTogether,
} from './tool-scripts.ts';

const overrides = { 'group.initial.rebalance.delay.ms': '0' };

/** Kafka's own console tools print the same about our broker as about Apache Kafka. */
export const consoleTools: Part = {
  name: 'console-tools',
  tools: ['java'],
  overrides,
  checks: (context) => [
    ...toolChecks(context, runKafkaTools),
    {
      name: 'kafka-get-offsets prints the same as about Apache Kafka',
      run: () => compare(context, runKafkaTools, 'console-offsets', ['kafka-get-offsets --topic words']),
    },
  ],
};

/** Our tools of the same names print what Kafka's tools print about Apache Kafka. */
export const ourTools: Part = {
  name: 'our-tools',
  tools: ['java'],
  overrides,
  checks: (context) => [
    ...toolChecks({ ...context, isRecording: false }, runOurTools).map((check) => ({
      ...check,
      name: `our ${check.name}`,
    })),
    {
      name: "our tools and Kafka's write and read one topic together, and print the same about it",
      run: () => compareTogether(context),
    },
  ],
};

function toolChecks(context: PartContext, runTools: RunTools): readonly Check[] {
  return [
    {
      name: 'kafka-topics and kafka-configs print the same as about Apache Kafka',
      run: () => compare(context, runTools, 'console-topics', topicCommands),
    },
    {
      name: 'kafka-console-producer and kafka-console-consumer carry the same records as through Apache Kafka',
      run: () => compare(context, runTools, 'console-records', recordCommands),
    },
    {
      name: 'kafka-consumer-groups prints the same as about Apache Kafka, with and without a member',
      run: async () => {
        const { bootstrap } = context.broker;
        const member = startJava('RebalanceListenerConsumer', bootstrap, 'words', 'live', 'm1', 'classic');
        await untilCommitted(context, member);
        await compare(context, runTools, 'console-groups', groupCommands);
        await member.stop();
      },
    },
    {
      name: 'kafka-get-offsets, kafka-groups, kafka-features and others print the same as about Apache Kafka',
      run: () => compare(context, runTools, 'console-cluster', clusterCommands),
    },
  ];
}

async function compareTogether(context: PartContext): Promise<void> {
  for (const runTools of [runKafkaTools, runOurTools])
    await runTools(context, 'write-together', writeTogether);
  const byKafkas = await runKafkaTools(context, 'look-together', lookTogether);
  const byOurs = await runOurTools(context, 'look-together', lookTogether);
  expectEqual(
    'what the tools print',
    comparable(byOurs, context.broker),
    comparable(byKafkas, context.broker),
  );
  for (const line of ['! Processed a total of 4 messages', 'by:tool\tkey2\tvalue2'])
    if (!byKafkas.includes(line)) throw new Mismatch('what the tools print', line, byKafkas);
}

async function untilCommitted({ probe }: PartContext, member: Child): Promise<void> {
  const hasCommitted = async () => {
    const facts = await probe.ask('committed', 'words', 'live');
    return facts.some((fact) => fact['offset'] === 5);
  };
  await until('the member of group live has committed offset 5', 20_000, hasCommitted, () => member.tail());
}

async function compare(
  context: PartContext,
  runTools: RunTools,
  name: string,
  commands: readonly string[],
): Promise<void> {
  const transcript = await runTools(context, name, commands);
  compareTranscript(name, comparable(transcript, context.broker), context, {
    accepted: runTools === runOurTools ? differencesOf('our-tools') : [],
  });
}

/** A transcript without the address of the broker, in an order that does not change from run to run. */
function comparable(transcript: string, { bootstrap }: BrokerProcess): string {
  const blocks = transcript.replaceAll(` --bootstrap-server ${bootstrap}`, '').split(/^(?=\$ )/m);
  return blocks.map(inFixedOrder).join('');
}

/** Sorts what a command prints in an order that means nothing: lists, and records of several partitions. */
function inFixedOrder(block: string): string {
  const [command = '', ...printed] = block.trimEnd().split('\n');
  const isUnordered = command.includes(' --list') || command.includes('print.partition');
  return `${[command, ...(isUnordered ? printed.sort() : printed)].join('\n')}\n`;
}
