import { ConnectProcess } from '../connect-process.ts';
import { pluginClasses, pluginKeys, validated } from '../plugin-answers.ts';
import { validationProbes } from '../plugin-probes.ts';
import { type Check, expectEqual } from '../report.ts';
import type { Part, PartContext } from './part.ts';

/** What our worker and Apache Kafka's say about the plugins that both have, and about configs, asked at the same time. */
export const connectValidation: Part = {
  name: 'connect-validation',
  tools: ['java'],
  isOurs: true,
  subcommand: 'start',
  overrides: { 'group.initial.rebalance.delay.ms': '0' },
  checks: (context) => checks(context),
};

function checks({ broker, directory }: PartContext): readonly Check[] {
  const urls = { ours: '', kafka: '' };
  let kafka: ConnectProcess | undefined;
  const both = async (what: string, ask: (url: string) => Promise<unknown>) => {
    const [ours, theirs] = await Promise.all([ask(urls.ours), ask(urls.kafka)]);
    expectSame(what, ours, theirs);
  };
  return [
    {
      name: 'a worker of Apache Kafka runs beside ours',
      gates: true,
      run: async () => {
        const mode = 'distributed';
        const topics = ['config', 'offset', 'status'].map((each) => [
          `${each}.storage.topic`,
          `kafka-${each}`,
        ]);
        const properties = { 'group.id': 'kafka', ...Object.fromEntries(topics) };
        kafka = await ConnectProcess.start({
          kind: 'kafka',
          mode,
          bootstrap: broker.bootstrap,
          directory,
          properties,
        });
        Object.assign(urls, { kafka: kafka.url, ours: broker.connectUrl });
      },
    },
    {
      name: 'every plugin of Apache Kafka Connect is here, and GET /connector-plugins/{plugin}/config describes its keys to the byte, documentation apart',
      run: async () => {
        const [ours, theirs] = await Promise.all([pluginClasses(urls.ours), pluginClasses(urls.kafka)]);
        const missing = theirs.filter((name) => !ours.includes(name));
        expectEqual('plugins that are missing', missing, []);
        for (const name of theirs) await both(name, (url) => pluginKeys(url, name));
      },
    },
    ...['source', 'sink', 'Cast', 'Drop', 'Extract', 'Filter', 'Flatten', 'Header', 'Hoist', 'Insert', 'Mask']
      .concat(['Regex', 'Replace', 'Set', 'Timestamp', 'ValueToKey', 'HasHeader', 'RecordIs', 'TopicName'])
      .concat(['key.converter', 'value.converter', 'header.converter', 'every part'])
      .map((beginning) => ({
        name: `PUT …/config/validate: ${beginning}…`,
        run: async () => {
          const probes = validationProbes().filter(({ name }) => name.startsWith(beginning));
          if (probes.length === 0) throw new Error('there is no such probe');
          for (const probe of probes) await both(probe.name, (url) => validated(url, probe));
        },
      })),
    { name: 'the worker of Apache Kafka stops', run: async () => kafka?.stop() },
  ];
}

/** Tells the first things that differ, since the answers are long. */
function expectSame(what: string, ours: unknown, theirs: unknown): void {
  const differences = [...differing('', ours, theirs)].slice(0, 5);
  expectEqual(
    what,
    differences.map(([path, here]) => [path, here]),
    differences.map(([path, , there]) => [path, there]),
  );
}

function* differing(path: string, ours: unknown, theirs: unknown): Generator<[string, unknown, unknown]> {
  if (JSON.stringify(ours) === JSON.stringify(theirs)) return;
  const isNested = [ours, theirs].every((each) => typeof each === 'object' && each !== null);
  const keys = isNested ? [ours, theirs].map((each) => Object.keys(each as object)) : [];
  if (!isNested || keys[0]?.join() !== keys[1]?.join()) {
    yield [path, ours, theirs];
    return;
  }
  for (const key of keys[0] ?? []) {
    const [a, b] = [ours, theirs].map((each) => (each as Readonly<Record<string, unknown>>)[key]);
    yield* differing(`${path}/${key}`, a, b);
  }
}
