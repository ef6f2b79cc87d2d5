import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ContractApi, contractRows } from '../../runtime/rest/contract/index.ts';
import { Child, until } from '../child.ts';
import { javaArgs } from '../install.ts';
import { freePort } from '../port.ts';
import type { Check } from '../report.ts';
import type { Part, PartContext } from './part.ts';

/**
 * The contract of Kafka Connect's REST API: our worker against it, and with `--against kafka` a worker of Apache Kafka
 * Connect in distributed mode, on whose answers the contract stands.
 */
export const connectRest: Part = {
  name: 'connect-rest',
  tools: ['java'],
  subcommand: 'start',
  overrides: { 'group.initial.rebalance.delay.ms': '0' },
  checks: (context) => checks(context),
};

function checks(context: PartContext): readonly Check[] {
  let api: ContractApi | undefined;
  const opened = async () => {
    api ??= await ContractApi.of(await connectUrl(context), join(context.directory, 'files'));
    return api;
  };
  const rows = contractRows.map((row) => ({
    name: row.name,
    run: async () => {
      const worker = await opened();
      try {
        await row.run(worker);
      } finally {
        await worker.cleanUp();
      }
    },
  }));
  return [{ name: 'the worker answers', gates: true, run: async () => void (await opened()) }, ...rows];
}

function connectUrl({ broker, kind, directory }: PartContext): Promise<string> {
  if (kind === 'kafka') return startKafkaConnect(broker.bootstrap, directory);
  if (broker.connectUrl !== undefined) return Promise.resolve(broker.connectUrl);
  return Promise.reject(new Error('the broker was started without a worker'));
}

/** A worker of Apache Kafka Connect; it is ended with the run. */
async function startKafkaConnect(bootstrap: string, directory: string): Promise<string> {
  const port = await freePort();
  const file = join(directory, 'connect.properties');
  const log = join(directory, 'connect.log');
  const converter = 'org.apache.kafka.connect.storage.StringConverter';
  const topics = ['config', 'offset', 'status'].flatMap((each) => [
    `${each}.storage.topic=connect-${each}`,
    `${each}.storage.replication.factor=1`,
  ]);
  const lines = [
    `bootstrap.servers=${bootstrap}`,
    'group.id=connect-cluster',
    `key.converter=${converter}`,
    `value.converter=${converter}`,
    `listeners=http://127.0.0.1:${port}`,
    'offset.flush.interval.ms=500',
    ...topics,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  const java = javaArgs('org.apache.kafka.connect.cli.ConnectDistributed', [file], {
    heapMb: 256,
    log: 'WARN',
  });
  const child = new Child('java', java, { cwd: directory, stderrFile: log });
  const url = `http://127.0.0.1:${port}`;
  await until(
    'Kafka Connect says that it is healthy',
    90_000,
    async () => {
      if (!child.isRunning)
        throw new Error(`Kafka Connect has ended: ${readFileSync(log, 'utf8').slice(-2000)}`);
      const answer = await fetch(`${url}/health`).catch(() => undefined);
      await answer?.arrayBuffer();
      return answer?.status === 200;
    },
    () => child.tail(),
  );
  return url;
}
