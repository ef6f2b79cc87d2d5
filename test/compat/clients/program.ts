import { Child, runOk } from '../child.ts';
import type { Command } from '../install.ts';
import { expectEqual } from '../report.ts';
import type { Client } from './client.ts';

/**
 * A client whose program takes `create`, `produce` and `consume` as its first argument and prints JSON facts.
 * `consumeArgs` follow the other arguments of `consume`.
 */
export function programClient(
  name: string,
  codecs: readonly string[],
  program: () => Command,
  consumeArgs: readonly string[] = [],
): Client {
  const start = (
    ...args: readonly string[]
  ): [string, string[], { env?: Readonly<Record<string, string>> }] => {
    const { command, args: before, env } = program();
    return [command, [...before, ...args], env === undefined ? {} : { env }];
  };
  return {
    name,
    codecs,
    async create(bootstrap, topic, partitions) {
      const { stdout } = await runOk(...start('create', bootstrap, topic, String(partitions)));
      return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}').partitions;
    },
    async produce(bootstrap, topic, { codec, first, count }) {
      const { stdout } = await runOk(
        ...start('produce', bootstrap, topic, codec, String(first), String(count)),
      );
      const fact = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}');
      const { acknowledged, left, errors } = fact;
      expectEqual('what the producer was told', [acknowledged, left, errors], [count, 0, []]);
    },
    join(bootstrap, topic, group, file) {
      const child = new Child(...start('consume', bootstrap, topic, group, file, ...consumeArgs));
      return {
        assigned: () =>
          child.facts.findLast((fact) => fact['event'] === 'assigned')?.['partitions'] as
            | number[]
            | undefined,
        async leave() {
          const ended = await child.stop();
          if (ended.code !== 0)
            throw new Error(`the member ended with exit code ${ended.code}\n${child.tail()}`);
        },
        tail: () => child.tail(),
      };
    },
  };
}
