import { join } from 'node:path';
import { ContractApi, contractRows } from '../../runtime/rest/contract/index.ts';
import { ConnectProcess } from '../connect-process.ts';
import type { Check } from '../report.ts';
import type { Part, PartContext } from './part.ts';

const stringConverter = 'org.apache.kafka.connect.storage.StringConverter';

/**
 * The contract of Kafka Connect's REST API: our worker against it, and with `--against kafka` a worker of Apache Kafka
 * Connect in distributed mode, on whose answers the contract stands.
 */
export const connectRest: Part = {
  name: 'connect-rest',
  tools: ['java'],
  subcommand: 'start',
  overrides: { 'group.initial.rebalance.delay.ms': '0' },
  checks: (context) => checks(() => connectUrl(context), context),
};

/** The same contract, and a worker of Apache Kafka Connect on our broker. */
export const connectRestOfKafka: Part = {
  name: 'connect-rest-of-kafka',
  tools: ['java'],
  overrides: { 'group.initial.rebalance.delay.ms': '0' },
  checks: (context) => checks(() => kafkaWorkerUrl(context), context),
};

function checks(url: () => Promise<string>, { directory }: PartContext): readonly Check[] {
  let api: ContractApi | undefined;
  const opened = async () => {
    api ??= await ContractApi.of(await url(), join(directory, 'files'));
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

async function connectUrl(context: PartContext): Promise<string> {
  const { broker, kind } = context;
  if (kind === 'kafka') return kafkaWorkerUrl(context);
  if (broker.connectUrl !== undefined) return broker.connectUrl;
  throw new Error('the broker was started without a worker');
}

async function kafkaWorkerUrl({ broker, directory }: PartContext): Promise<string> {
  const properties = { 'key.converter': stringConverter, 'value.converter': stringConverter };
  const options = { kind: 'kafka', mode: 'distributed', bootstrap: broker.bootstrap } as const;
  return (await ConnectProcess.start({ ...options, directory, properties })).url;
}
