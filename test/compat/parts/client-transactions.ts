import { runOk } from '../child.ts';
import { type Command, goCommand, nodeCommand, pythonCommand, type Tool } from '../install.ts';
import { compareTranscript } from '../transcript.ts';
import type { Part, PartContext } from './part.ts';

interface Client {
  readonly name: string;
  readonly tool: Tool;
  readonly command: () => Command;
}

const clients: readonly Client[] = [
  { name: 'confluent-kafka', tool: 'confluent-kafka', command: () => pythonCommand('transactions.py') },
  { name: 'kafkajs', tool: 'npm-clients', command: () => nodeCommand('kafkajs', 'transactions.mjs') },
  {
    name: 'franz-go',
    tool: 'franz-go',
    command: () => ({ ...goCommand(), args: ['transactions'] }),
  },
];

/** Transactions of the other clients: commit, abort, a second producer of the same id, what consumers see. */
export const clientTransactions: Part = {
  name: 'client-transactions',
  tools: [...new Set(clients.map(({ tool }) => tool))],
  overrides: { 'group.initial.rebalance.delay.ms': '0' },
  checks: (context) => clients.map((client) => check(context, client)),
};

function check(context: PartContext, { name, command }: Client) {
  return {
    name: `${name} commits, aborts and is fenced as with Apache Kafka`,
    run: async () => {
      const { command: program, args, env = {} } = command();
      const arguments_ = [...args, context.broker.bootstrap, `transacted-${name}`];
      const { stdout } = await runOk(program, arguments_, { env, timeoutMs: 90_000 });
      compareTranscript(`transactions-${name}`, stdout, context);
    },
  };
}
