import { runOk } from '../child.ts';
import { kcatTransactions } from '../clients/kcat-transactions.ts';
import { type GoClient, goCommand } from '../go.ts';
import { type Command, nodeCommand, type Tool } from '../install.ts';
import { type PythonClient, pythonCommand } from '../python.ts';
import { compareTranscript } from '../transcript.ts';
import type { Part, PartContext } from './part.ts';

/** A client that tells a transcript about a topic of its own. */
interface Teller {
  readonly name: string;
  readonly tool: Tool;
  readonly tell: (bootstrap: string, topic: string) => Promise<string>;
}

const kcat: Teller = { name: 'kcat', tool: 'kcat', tell: kcatTransactions };
const python = (client: PythonClient, program: string) =>
  teller(client, client, () => pythonCommand(client, `${program}.py`));
const javascript = (program: string) =>
  teller('confluent-kafka-javascript', 'kafka-javascript', () =>
    nodeCommand('confluent-kafka-javascript', `${program}.mjs`),
  );
const npmClient = (name: 'kafkajs' | 'platformatic', program: string) =>
  teller(name, 'npm-clients', () => nodeCommand(name, `${program}.mjs`));
const go = (client: GoClient, program: string) =>
  teller(client, client, () => ({ ...goCommand(client), args: [program] }));

/** What other clients than Java's hear about topics, configs, offsets and groups. */
export const clientAdmin: Part = part(
  'client-admin',
  [
    python('confluent-kafka', 'admin'),
    javascript('admin'),
    go('franz-go', 'admin'),
    go('sarama', 'admin'),
    python('kafka-python', 'admin'),
  ],
  'admin',
  'hears the same as from Apache Kafka about topics, configs, offsets and groups',
);

/** Transactions of the other clients: commit, abort, a second producer of the same id, what consumers see. */
export const clientTransactions: Part = part(
  'client-transactions',
  [
    python('confluent-kafka', 'transactions'),
    npmClient('kafkajs', 'transactions'),
    javascript('transactions'),
    npmClient('platformatic', 'transactions'),
    go('franz-go', 'transactions'),
    kcat,
    go('sarama', 'transactions'),
    python('aiokafka', 'transactions'),
    python('kafka-python', 'transactions'),
  ],
  'transactions',
  'commits, aborts and is fenced as with Apache Kafka',
);

function part(name: string, tellers: readonly Teller[], subject: string, what: string): Part {
  return {
    name,
    tools: [...new Set(tellers.map(({ tool }) => tool))],
    overrides: { 'group.initial.rebalance.delay.ms': '0' },
    checks: (context) =>
      tellers.map((teller) => ({
        name: `${teller.name} ${what}`,
        run: () => compare(context, teller, subject),
      })),
  };
}

async function compare(context: PartContext, { name, tell }: Teller, subject: string): Promise<void> {
  const transcript = await tell(context.broker.bootstrap, `${subject}-of-${name}`);
  compareTranscript(`${subject}-${name}`, transcript, context);
}

/** A client whose program takes the bootstrap address and the topic as its last arguments. */
function teller(name: string, tool: Tool, command: () => Command): Teller {
  return {
    name,
    tool,
    async tell(...words) {
      const { command: program, args, env = {} } = command();
      return (await runOk(program, [...args, ...words], { env, timeoutMs: 90_000 })).stdout;
    },
  };
}
