import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Child, runOk, until } from '../test/compat/child.ts';
import { cache } from '../test/compat/places.ts';
import { freePort } from '../test/compat/port.ts';
import { entry } from './process.ts';

/** Whose worker it is. */
export const workers = ['kafka', 'millrace'] as const;
export type WorkerName = (typeof workers)[number];

const TICKS_PER_SECOND = 100;
const classes = join('bench', '.cache', 'classes');

/** The options that Kafka's connect-distributed.sh gives its JVM. */
const connectJvm = [
  ...['-Xms256M', '-Xmx2G', '-server', '-XX:+UseG1GC', '-XX:MaxGCPauseMillis=20'],
  ...[
    '-XX:InitiatingHeapOccupancyPercent=35',
    '-XX:+ExplicitGCInvokesConcurrent',
    '-Djava.awt.headless=true',
  ],
];

/** Compiles the connectors of `bench/java`: Kafka's Connect has none that make structs or write JSON. */
export async function compileConnectors(): Promise<void> {
  mkdirSync(classes, { recursive: true });
  const libraries = join(cache, 'java/lib/*');
  const sources = globSync('bench/java/bench/*.java');
  await runOk('javac', ['-nowarn', '-proc:none', '-cp', libraries, '-d', classes, ...sources], {
    timeoutMs: 120_000,
  });
}

/** A Connect worker that has one core for itself, with what the system says about its process. */
export class PinnedWorker implements AsyncDisposable {
  /** From spawn to the first healthy answer, ms. */
  readonly readyMs: number;
  readonly #url: string;
  readonly #child: Child;

  private constructor(url: string, readyMs: number, child: Child) {
    this.#url = url;
    this.readyMs = readyMs;
    this.#child = child;
  }

  /** `core`: the number of the core, as taskset has it; undefined: any. */
  static async start(
    worker: WorkerName,
    options: { readonly bootstrap: string; readonly folder: string; readonly core: string | undefined },
  ): Promise<PinnedWorker> {
    const { bootstrap, folder, core } = options;
    const port = await freePort();
    const file = join(folder, `${worker}.properties`);
    writeFileSync(file, properties(worker, bootstrap, port));
    const { command, args } = worker === 'kafka' ? kafkaCommand(file) : millraceCommand(file);
    const [program = '', ...rest] = [
      ...(core === undefined ? [] : ['taskset', '-c', core]),
      command,
      ...args,
    ];
    const log = join(folder, `${worker}.log`);
    const startedAt = performance.now();
    const child = new Child(program, rest, { stdoutFile: log, stderrFile: log });
    const url = `http://127.0.0.1:${port}`;
    await until(
      `the worker of ${worker} is healthy`,
      120_000,
      async () => {
        if (!child.isRunning) throw new Error(readFileSync(log, 'utf8').slice(-2000));
        return (await fetch(`${url}/health`).catch(() => undefined))?.status === 200;
      },
      () => readFileSync(log, 'utf8').slice(-2000),
    );
    return new PinnedWorker(url, performance.now() - startedAt, child);
  }

  /** Memory that is resident, in bytes (Linux). */
  get residentBytes(): number {
    return Number(/VmRSS:\s+(\d+) kB/.exec(this.#proc('status'))?.[1] ?? Number.NaN) * 1024;
  }

  /** CPU that it has used so far, in user and system mode, in seconds (Linux). */
  get cpuSeconds(): number {
    const fields = this.#proc('stat')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }

  async create(name: string, config: Readonly<Record<string, string>>): Promise<void> {
    const answer = await fetch(`${this.#url}/connectors`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, config }),
    });
    if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
  }

  async delete(name: string): Promise<void> {
    await fetch(`${this.#url}/connectors/${name}`, { method: 'DELETE' });
  }

  /** What the tasks of a connector say of themselves, when something takes too long. */
  async statusOf(name: string): Promise<string> {
    return (await fetch(`${this.#url}/connectors/${name}/status`)).text();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.stop('SIGTERM', 60_000);
  }

  #proc(file: string): string {
    return readFileSync(`/proc/${this.#child.pid}/${file}`, 'utf8');
  }
}

function millraceCommand(file: string): { command: string; args: string[] } {
  return { command: process.execPath, args: [entry, 'worker', file] };
}

function kafkaCommand(file: string): { command: string; args: string[] } {
  const classPath = [join(cache, 'java/lib/*'), join(cache, 'java/classes'), classes].join(delimiter);
  const main = 'org.apache.kafka.connect.cli.ConnectDistributed';
  return { command: 'java', args: [...connectJvm, '-Dcompat.log.level=WARN', '-cp', classPath, main, file] };
}

function properties(worker: WorkerName, bootstrap: string, port: number): string {
  const topics = ['config', 'offset', 'status'].flatMap((each) => [
    `${each}.storage.topic=${worker}-${each}`,
    `${each}.storage.replication.factor=1`,
  ]);
  const lines = [
    `bootstrap.servers=${bootstrap}`,
    `group.id=${worker}-workers`,
    'key.converter=org.apache.kafka.connect.storage.StringConverter',
    'value.converter=org.apache.kafka.connect.storage.StringConverter',
    `listeners=http://127.0.0.1:${port}`,
    ...topics,
  ];
  return `${lines.join('\n')}\n`;
}
