import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run, runOk } from './child.ts';
import type { Command } from './install.ts';
import { cache, clients } from './places.ts';

interface Environment {
  /** In `clients`, with the programs and, in `requirements.txt`, every package that they need with its version. */
  readonly folder: string;
  /** What the programs import. */
  readonly modules: readonly string[];
}

const environments = {
  aiokafka: { folder: 'aiokafka', modules: ['aiokafka', 'cramjam'] },
  'confluent-kafka': { folder: 'confluent-kafka', modules: ['confluent_kafka'] },
  'kafka-python': {
    folder: 'kafka-python',
    modules: ['kafka', 'crc32c', 'lz4.frame', 'snappy', 'zstandard'],
  },
  'registry-python': {
    folder: 'registry',
    modules: ['avro', 'json_schema', 'protobuf'].map((form) => `confluent_kafka.schema_registry.${form}`),
  },
  'schemas-python': { folder: 'schemas', modules: ['grpc_tools', 'jsonschema'] },
} as const satisfies Record<string, Environment>;

/** A client, or other people's readers of schemas, with programs in Python. */
export type PythonClient = keyof typeof environments;

/** A Python that has the packages of a client, running one of its programs. */
export function pythonCommand(client: PythonClient, program: string): Command {
  return pythonOf(client, join(clients, environments[client].folder, program));
}

/** Installs the packages of a client: a virtual environment, or a folder of packages where Python can make none. */
export async function installPython(client: PythonClient): Promise<void> {
  const directory = directoryOf(client);
  const requirements = join(clients, environments[client].folder, 'requirements.txt');
  const stamp = join(directory, 'requirements.txt');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === readFileSync(requirements, 'utf8'))
    if (await canImport(client)) return;
  rmSync(directory, { recursive: true, force: true });
  const isVenv = (await run('python3', ['-m', 'venv', directory], { timeoutMs: 120_000 })).code === 0;
  if (!isVenv) rmSync(directory, { recursive: true, force: true });
  const python = isVenv ? join(directory, 'bin/python') : 'python3';
  const target = isVenv ? [] : ['--target', directory];
  // Nothing but what is named, and nothing that would have to be compiled.
  const pinned = ['--no-deps', '--only-binary', ':all:', '--requirement', requirements];
  await runOk(python, ['-m', 'pip', 'install', '--quiet', ...target, ...pinned], { timeoutMs: 240_000 });
  if (!(await canImport(client))) throw new Error(`${requirements} was installed but cannot be imported`);
  copyFileSync(requirements, stamp);
}

async function canImport(client: PythonClient): Promise<boolean> {
  if (!existsSync(directoryOf(client))) return false;
  const { command, env = {} } = pythonOf(client, '');
  return (
    (await run(command, ['-c', `import ${environments[client].modules.join(', ')}`], { env })).code === 0
  );
}

function pythonOf(client: PythonClient, script: string): Command {
  const directory = directoryOf(client);
  const interpreter = join(directory, 'bin/python');
  if (existsSync(interpreter)) return { command: interpreter, args: ['-u', script] };
  return { command: 'python3', args: ['-u', script], env: { PYTHONPATH: directory } };
}

function directoryOf(client: PythonClient): string {
  return join(cache, 'python', client);
}
