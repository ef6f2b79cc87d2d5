import { copyFileSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, runOk } from '../child.ts';
import { kcat } from '../clients/kcat.ts';
import { kcatCommand, packageDirectory, packagedCommand } from '../install.ts';
import { checkContainment, checkIsolation } from '../package-isolation.ts';
import { projectRoot } from '../places.ts';
import { recordKey, recordValue } from '../record-set.ts';
import { type Check, expectEqual, Mismatch } from '../report.ts';
import { batchCodecs } from '../segment-files.ts';
import type { Part, PartContext } from './part.ts';

const topic = 'packaged';
const entries = ['bin', 'index', 'broker', 'client', 'schema-registry', 'task-worker'];

/** The types of all four entries; where one was `any`, a line at the end would be no error, which is one. */
const typedProgram = `
import { defineSource, type SourcePlugin } from 'millrace';
import { type RunningBroker, startBroker } from 'millrace/broker';
import { createClient, type KafkaClient, silentLogger, systemPlatform } from 'millrace/client';
import { type RegistryOptions, type RunningRegistry, startRegistry } from 'millrace/schema-registry';
export const source: SourcePlugin = defineSource({ name: 'none', version: '1', config: { type: 'object', properties: {} }, async *read() {} });
export const broker: RunningBroker = await startBroker();
export const client: KafkaClient = createClient({ bootstrapServers: 'a:1', ...systemPlatform(silentLogger) });
export const open: (options: RegistryOptions) => Promise<RunningRegistry> = startRegistry;
// @ts-expect-error
export const wrongSource: number = source.name;
// @ts-expect-error
export const wrongBroker: number = broker.address;
// @ts-expect-error
export const wrongClient: number = client.clientId;
// @ts-expect-error
export const wrongRegistry: number = open;
`;

/** What `npm pack` makes, installed and used as by a user: its command, its entries, its types. */
export const packaged: Part = {
  name: 'package',
  tools: ['package', 'kcat'],
  isOurs: true,
  program: packagedCommand(),
  overrides: { 'num.partitions': '4' },
  checks: (context) => [
    {
      name: 'the package holds what was built, no sources and no path of this machine',
      run: async () => checkFiles(),
    },
    { name: 'its command tells its commands and its version', run: checkCommand },
    ...recordChecks(context),
    {
      name: 'a program imports all four entries: a plugin, a broker, a client with every codec, a registry',
      run: () => checkProgram(context),
    },
    { name: 'the program of docs/embedding.md runs as it is', run: checkDocumented },
    ...(['inline', 'thread', 'process'] as const).map((mode) => ({
      name: `isolation: ${mode} of a third-party source and a built-in sink works as packed`,
      run: () => checkIsolation(context.directory, mode),
    })),
    {
      name: 'a plugin that ends its process fails alone, and the run tells why',
      run: () => checkContainment(context.directory),
    },
    { name: 'the types of all four entries resolve, with moduleResolution nodenext', run: checkTypes },
  ],
};

function checkFiles(): void {
  const installed = join(packageDirectory, 'node_modules/millrace');
  const files = globSync('**/*', { cwd: installed, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1));
  const isPublic = /^(dist\/.*(\.js|\.js\.map|\.d\.ts)|package\.json|LICENSE|README\.md|CHANGELOG\.md)$/;
  expectEqual(
    'files that do not belong there',
    files.filter((file) => !isPublic.test(file)),
    [],
  );
  const missing = [...entries.map((entry) => `dist/${entry}.js`), 'package.json', 'LICENSE'];
  expectEqual(
    'files that are missing',
    missing.filter((file) => !files.includes(file)),
    [],
  );
  const telling = files.filter((file) => readFileSync(join(installed, file), 'utf8').includes(projectRoot));
  expectEqual('files with a path of this machine', telling, []);
}

async function checkCommand(): Promise<void> {
  const { command, env = {} } = packagedCommand();
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
    version: string;
  };
  const told = await runOk(command, ['kafka-topics', '--version'], { env });
  expectEqual('version', told.stdout.includes(version) ? version : told.stdout, version);
  const help = await runOk(command, ['--help'], { env });
  for (const name of ['start', 'broker', 'run', 'lint', 'kafka-console-producer'])
    if (!new RegExp(`^ +${name} `, 'm').test(help.stdout)) throw new Mismatch('help', name, help.stdout);
  const unknown = await run(command, ['brocker'], { env });
  expectEqual('exit code for an unknown command', unknown.code === 0, false);
}

function recordChecks({ broker }: PartContext): readonly Check[] {
  const count = 200;
  const records = kcat.codecs.flatMap((_, i) =>
    Array.from({ length: count }, (_none, j) => `${recordKey(i * count + j)}\t${recordValue(i * count + j)}`),
  );
  const read = async () => {
    const { command, args, env = {} } = kcatCommand();
    const flags = [
      '-C',
      '-e',
      '-q',
      '-o',
      'beginning',
      '-b',
      broker.bootstrap,
      '-t',
      topic,
      '-f',
      '%k\\t%s\\n',
    ];
    const { stdout } = await runOk(command, [...args, ...flags], { env });
    expectEqual('records', stdout.split('\n').slice(0, -1).sort(), [...records].sort());
  };
  return [
    {
      name: 'kcat writes to its broker with each codec, and reads the same records',
      run: async () => {
        await kcat.create(broker.bootstrap, topic, 4);
        for (const [i, codec] of kcat.codecs.entries())
          await kcat.produce(broker.bootstrap, topic, { codec, first: i * count, count });
        expectEqual(
          'codecs in the log',
          [...batchCodecs(broker.dataDirectory, topic).keys()].sort(),
          [...kcat.codecs].sort(),
        );
        await read();
      },
    },
    {
      name: 'and again after its broker was killed and started',
      run: async () => {
        await broker.kill();
        await broker.start();
        await read();
      },
    },
  ];
}

async function checkProgram({ directory }: PartContext): Promise<void> {
  const program = join(packageDirectory, 'program.mjs');
  copyFileSync(join(import.meta.dirname, '../clients/package/program.mjs'), program);
  const { stdout } = await runOk(process.execPath, [program, join(directory, 'program-data')]);
  expectEqual('what the program saw', JSON.parse(stdout), {
    source: 'counter',
    records: ['by none', 'by gzip', 'by snappy', 'by lz4', 'by zstd'],
    schemaId: 1,
  });
}

async function checkDocumented(): Promise<void> {
  const page = readFileSync(join(projectRoot, 'docs/embedding.md'), 'utf8');
  const code = /^```js\n(.*?)^```$/ms.exec(page)?.[1];
  if (code === undefined) throw new Mismatch('program in docs/embedding.md', 'js', page.slice(0, 200));
  const program = join(packageDirectory, 'documented.mjs');
  writeFileSync(program, code);
  const { stdout } = await runOk(process.execPath, [program]);
  expectEqual('what it read', stdout.trim(), '[ { id: 7 } ]');
}

async function checkTypes(): Promise<void> {
  writeFileSync(join(packageDirectory, 'types.mts'), typedProgram);
  const modules = join(projectRoot, 'node_modules');
  const flags = ['--strict', '--module', 'nodenext', '--moduleResolution', 'nodenext', '--target', 'es2024'];
  // Only Node's own types come from the project; the package brings the rest.
  const types = ['--types', 'node', '--typeRoots', join(modules, '@types')];
  const tsc = join(modules, 'typescript/bin/tsc');
  const { code, stdout } = await run(
    process.execPath,
    [tsc, '--noEmit', '--ignoreConfig', ...flags, ...types, 'types.mts'],
    {
      cwd: packageDirectory,
    },
  );
  expectEqual(`exit code of tsc (${stdout.trim().slice(0, 1500)})`, code, 0);
}
