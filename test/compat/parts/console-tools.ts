import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Child, runOk, until } from '../child.ts';
import { javaArgs } from '../install.ts';
import { compareTranscript } from '../transcript.ts';
import { startJava } from './java.ts';
import type { Part, PartContext } from './part.ts';

const topicCommands = [
  'kafka-topics --list',
  'kafka-topics --create --topic words',
  'kafka-topics --create --topic letters --partitions 3 --replication-factor 1 --config retention.ms=86400000',
  'kafka-topics --create --topic words',
  'kafka-topics --create --topic words --if-not-exists',
  'kafka-topics --create --topic a.b',
  'kafka-topics --create --topic a_b',
  'kafka-topics --create --topic wide --replication-factor 3',
  'kafka-topics --create --topic odd --config no.such=1',
  'kafka-topics --list',
  'kafka-topics --describe --topic letters',
  'kafka-topics --describe --topic nope',
  'kafka-topics --alter --topic letters --partitions 4',
  'kafka-topics --alter --topic letters --partitions 2',
  'kafka-topics --describe --topic letters',
  'kafka-topics --delete --topic a.b',
  'kafka-topics --delete --topic nope',
  'kafka-topics --zookeeper localhost:2181 --list',
  'kafka-configs --alter --entity-type topics --entity-name letters --add-config max.message.bytes=2000000',
  'kafka-configs --describe --entity-type topics --entity-name letters',
  'kafka-configs --alter --entity-type topics --entity-name letters --delete-config retention.ms',
  'kafka-configs --alter --entity-type topics --entity-name letters --add-config retention.ms=soon',
  'kafka-configs --describe --entity-type topics --entity-name letters',
  'kafka-configs --describe --entity-type topics --entity-name nope',
];

const keyed = '--reader-property parse.key=true --reader-property parse.headers=true';
const formatted = ['key', 'offset', 'partition', 'headers']
  .map((what) => `--formatter-property print.${what}=true`)
  .join(' ');
const recordCommands = [
  'kafka-console-producer --topic words <<< one\\ntwo\\nthree\\n',
  'kafka-console-producer --topic words --compression-codec zstd <<< four\\nfive\\n',
  `kafka-console-producer --topic letters ${keyed} <<< h1:a,h2:b\\tkey1\\tvalue1\\nh1:c\\tkey2\\tvalue2\\n`,
  `kafka-console-producer --topic letters ${keyed} <<< no separator\\n`,
  'kafka-console-consumer --topic words --group first --from-beginning --timeout-ms 1500',
  'kafka-console-consumer --topic words --partition 0 --offset 3 --timeout-ms 1500',
  `kafka-console-consumer --topic letters --group second --from-beginning --timeout-ms 1500 ${formatted}`,
  'kafka-get-offsets --topic words',
  'kafka-console-consumer --topic words --group readers --from-beginning --timeout-ms 1500',
];

const groupCommands = [
  'kafka-consumer-groups --list',
  'kafka-consumer-groups --list --state --type',
  'kafka-consumer-groups --describe --group readers',
  'kafka-consumer-groups --describe --group readers --members',
  'kafka-consumer-groups --describe --group readers --state',
  'kafka-consumer-groups --describe --group live',
  'kafka-consumer-groups --describe --group live --members --verbose',
  'kafka-consumer-groups --describe --group live --state --verbose',
  'kafka-consumer-groups --describe --group nope',
  'kafka-consumer-groups --reset-offsets --group live --topic words --to-earliest --execute',
  'kafka-consumer-groups --delete --group live',
  'kafka-consumer-groups --reset-offsets --group readers --topic words --to-earliest --dry-run',
  'kafka-consumer-groups --reset-offsets --group readers --topic words --to-earliest --execute',
  'kafka-consumer-groups --reset-offsets --group readers --topic words --shift-by 2 --execute',
  'kafka-consumer-groups --reset-offsets --group readers --all-topics --to-latest --export --dry-run',
  'kafka-consumer-groups --describe --group readers',
  'kafka-consumer-groups --delete-offsets --group readers --topic words',
  'kafka-consumer-groups --delete --group readers',
  'kafka-consumer-groups --delete --group nope',
  'kafka-consumer-groups --list',
];

/** Kafka's own console tools print the same about our broker as about Apache Kafka. */
export const consoleTools: Part = {
  name: 'console-tools',
  tools: ['java'],
  overrides: { 'group.initial.rebalance.delay.ms': '0' },
  checks: (context) => [
    {
      name: 'kafka-topics and kafka-configs print the same as about Apache Kafka',
      run: () => compare(context, 'console-topics', topicCommands),
    },
    {
      name: 'kafka-console-producer and kafka-console-consumer carry the same records as through Apache Kafka',
      run: () => compare(context, 'console-records', recordCommands),
    },
    {
      name: 'kafka-consumer-groups prints the same as about Apache Kafka, with and without a member',
      run: async () => {
        const member = startJava(
          'RebalanceListenerConsumer',
          context.broker.bootstrap,
          'words',
          'live',
          'm1',
          'classic',
        );
        await untilCommitted(context, member);
        await compare(context, 'console-groups', groupCommands);
        await member.stop();
      },
    },
  ],
};

async function untilCommitted({ probe }: PartContext, member: Child): Promise<void> {
  const hasCommitted = async () => {
    const facts = await probe.ask('committed', 'words', 'live');
    return facts.some((fact) => fact['offset'] === 5);
  };
  await until('the member of group live has committed offset 5', 20_000, hasCommitted, () => member.tail());
}

async function compare(context: PartContext, name: string, commands: readonly string[]): Promise<void> {
  const transcript = await runTools(context, name, commands);
  const blocks = transcript
    .replaceAll(` --bootstrap-server ${context.broker.bootstrap}`, '')
    .split(/^(?=\$ )/m);
  compareTranscript(name, blocks.map(inFixedOrder).join(''), context);
}

/** Sorts what a command prints in an order that means nothing: lists, and records of several partitions. */
function inFixedOrder(block: string): string {
  const [command = '', ...printed] = block.trimEnd().split('\n');
  const isUnordered = command.includes(' --list') || command.includes('print.partition');
  return `${[command, ...(isUnordered ? printed.sort() : printed)].join('\n')}\n`;
}

/** Runs commands of Kafka's console tools in one JVM and returns what they printed. */
async function runTools(
  { broker, directory }: PartContext,
  name: string,
  commands: readonly string[],
): Promise<string> {
  const script = join(directory, `${name}.script`);
  const lines = commands.map((command) => command.replace(' ', ` --bootstrap-server ${broker.bootstrap} `));
  writeFileSync(script, `${lines.join('\n')}\n`);
  const { stdout } = await runOk('java', javaArgs('ConsoleTools', [script]), { timeoutMs: 120_000 });
  return stdout;
}
