import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BrokerProcess } from '../broker-process.ts';
import { expectOk, QuickstartFolder, sourceRows, topicsOf } from '../quickstart-run.ts';
import { expectEqual } from '../report.ts';
import type { Part } from './part.ts';

/** The quickstart on the broker that it brings, and on Apache Kafka: nothing above the broker may tell them apart. */
export const quickstartKafka: Part = {
  name: 'quickstart-kafka',
  tools: ['confluent-kafka', 'java'],
  isOurs: true,
  checks: ({ directory }) => {
    const embedded = new QuickstartFolder(join(directory, 'embedded'));
    const cluster = new QuickstartFolder(join(directory, 'cluster'));
    const kafka = new BrokerProcess({ kind: 'kafka', directory: join(directory, 'kafka') });
    return [
      {
        name: 'a broker of Apache Kafka starts beside ours',
        gates: true,
        run: () => {
          return kafka.start();
        },
      },
      {
        name: 'millrace run of the quickstart on the embedded broker ends well',
        run: () => finish(embedded),
      },
      {
        name: 'millrace run --bootstrap-server of Apache Kafka ends well, and its topic and dead letters are those that Python expects',
        run: async () => {
          await finish(cluster, '--bootstrap-server', kafka.bootstrap);
          const { rows, rejected } = await sourceRows();
          const topics = await topicsOf(kafka.bootstrap);
          expectEqual('rows of the topic', topics.topic, rows);
          expectEqual('number of dead letters', topics.rejected.length, rejected.length);
        },
      },
      {
        name: 'both have the same table, row by row, and the same set of JSON lines',
        run: async () => {
          const [here, there] = [tableOf(embedded), tableOf(cluster)];
          expectEqual('number of rows', there.length, (await sourceRows()).rows.rows);
          const at = here.findIndex((row, n) => row !== there[n]);
          expectEqual(`row ${at}`, there[at], here[at]);
          expectEqual('both outputs', await cluster.outputs(), await embedded.outputs());
        },
      },
      { name: 'the broker of Apache Kafka stops in order', run: () => kafka.stop() },
    ];
  },
};

async function finish(folder: QuickstartFolder, ...more: readonly string[]): Promise<void> {
  const run = folder.start(...more);
  expectOk(run, await run.end(90_000));
}

/** Each row with all of its columns, in order. */
function tableOf(folder: QuickstartFolder): readonly string[] {
  const database = new DatabaseSync(join(folder.path, '.millrace/quickstart/clock-changes.db'), {
    readOnly: true,
  });
  try {
    const rows = database.prepare('select * from clock_changes').all();
    return rows.map((row) => JSON.stringify(row)).toSorted();
  } finally {
    database.close();
  }
}
