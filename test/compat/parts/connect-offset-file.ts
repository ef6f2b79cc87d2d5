import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrokerKind } from '../broker-process.ts';
import { until } from '../child.ts';
import { ConnectProcess } from '../connect-process.ts';
import { expectEqual } from '../report.ts';
import { pick } from './java.ts';
import type { Part, PartContext } from './part.ts';

const topic = 'standalone';
const turns: readonly BrokerKind[] = ['kafka', 'millrace', 'kafka', 'millrace', 'kafka'];
const perTurn = 50;

/** Kafka's standalone worker and ours take turns with the same files. */
export const connectOffsetFile: Part = {
  name: 'connect-offset-file',
  tools: ['java'],
  isOurs: true,
  checks: (context) => [
    {
      name: 'the standalone workers of Apache Kafka and of Millrace go on from the offset file that the other has written, five turns, and no line is lost or repeated',
      run: () => takeTurns(context),
    },
  ],
};

async function takeTurns({ broker, directory, probe }: PartContext): Promise<void> {
  const files = join(directory, 'files');
  mkdirSync(files);
  const offsets = join(files, 'connect.offsets');
  const properties = { 'offset.storage.file.filename': offsets };
  const inputs = ['first.txt', 'second.txt'].map((name) => join(files, name));
  const connectors = [
    connectorFile(join(files, 'first.properties'), inputs[0] ?? ''),
    connectorFile(join(files, 'second.json'), inputs[1] ?? ''),
  ];
  await probe.ask('create', `${topic}:1`);
  for (const [turn, kind] of turns.entries()) {
    for (const input of inputs) appendFileSync(input, linesOf(input, turn));
    const worker = await ConnectProcess.start({
      ...{ kind, mode: 'standalone', bootstrap: broker.bootstrap, directory: files, properties, connectors },
    });
    const wanted = (turn + 1) * perTurn * inputs.length;
    await until(`${wanted} records after turn ${turn} (${kind})`, 40_000, async () => {
      return (await valuesOf(probe)).length >= wanted;
    });
    await worker.stop();
  }
  const values = await valuesOf(probe);
  for (const input of inputs) {
    const expected = turns.map((_, turn) => linesOf(input, turn)).join('');
    const own = values.filter((value) => value.startsWith(input));
    expectEqual(`lines of ${input}`, own.map((value) => `${value}\n`).join(''), expected);
  }
}

/** As the form of the file says: properties, or the JSON of the REST API. */
function connectorFile(path: string, input: string): string {
  const name = path.includes('first') ? 'first' : 'second';
  const config = {
    'connector.class': 'org.apache.kafka.connect.file.FileStreamSourceConnector',
    'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
    ...{ file: input, topic },
  };
  const lines = Object.entries({ name, ...config }).map(([key, value]) => `${key}=${value}\n`);
  writeFileSync(path, path.endsWith('.json') ? JSON.stringify({ name, config }) : lines.join(''));
  return path;
}

function linesOf(input: string, turn: number): string {
  return Array.from({ length: perTurn }, (_, n) => `${input} ${turn * perTurn + n}\n`).join('');
}

async function valuesOf(probe: PartContext['probe']): Promise<readonly string[]> {
  return pick(await probe.ask('read', topic), 'record', 'value').map(([value]) => String(value));
}
