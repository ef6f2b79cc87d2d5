import { runOk } from '../child.ts';
import { type Command, goCommand, nodeCommand, pythonCommand, type Tool } from '../install.ts';
import { compareTranscript } from '../transcript.ts';
import type { Part, PartContext } from './part.ts';

/** A client and its program that prints a transcript; the arguments are the bootstrap address and a topic. */
interface Teller {
  readonly name: string;
  readonly tool: Tool;
  readonly command: () => Command;
}

const python = (program: string): Teller => ({
  name: 'confluent-kafka',
  tool: 'confluent-kafka',
  command: () => pythonCommand(`${program}.py`),
});
const javascript = (program: string): Teller => ({
  name: 'confluent-kafka-javascript',
  tool: 'kafka-javascript',
  command: () => nodeCommand('confluent-kafka-javascript', `${program}.mjs`),
});
const npmClient = (name: 'kafkajs' | 'platformatic', program: string): Teller => ({
  name,
  tool: 'npm-clients',
  command: () => nodeCommand(name, `${program}.mjs`),
});
const go = (program: string): Teller => ({
  name: 'franz-go',
  tool: 'franz-go',
  command: () => ({ ...goCommand(), args: [program] }),
});

/** What other clients than Java's hear about topics, configs, offsets and groups. */
export const clientAdmin: Part = part(
  'client-admin',
  [python('admin'), javascript('admin'), go('admin')],
  'admin',
  'hears the same as from Apache Kafka about topics, configs, offsets and groups',
);

/** Transactions of the other clients: commit, abort, a second producer of the same id, what consumers see. */
export const clientTransactions: Part = part(
  'client-transactions',
  [
    python('transactions'),
    npmClient('kafkajs', 'transactions'),
    javascript('transactions'),
    npmClient('platformatic', 'transactions'),
    go('transactions'),
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

async function compare(context: PartContext, { name, command }: Teller, subject: string): Promise<void> {
  const { command: program, args, env = {} } = command();
  const words = [...args, context.broker.bootstrap, `${subject}-of-${name}`];
  const { stdout } = await runOk(program, words, { env, timeoutMs: 90_000 });
  compareTranscript(`${subject}-${name}`, stdout, context);
}
