import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrokerKind } from './broker-process.ts';
import { Child, until } from './child.ts';
import { javaArgs, millraceCommand } from './install.ts';
import { freePort } from './port.ts';

/** How a Connect worker is started; either kind gets the very same files. */
export interface ConnectOptions {
  readonly kind: BrokerKind;
  /** `distributed`: with the three topics; `standalone`: with positions in a file. */
  readonly mode: 'distributed' | 'standalone';
  readonly bootstrap: string;
  /** For its files and its log. */
  readonly directory: string;
  /** Properties of the worker besides those that every worker here has. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Files of connectors, for a standalone worker. */
  readonly connectors?: readonly string[];
}

const commands = {
  kafka: {
    distributed: 'org.apache.kafka.connect.cli.ConnectDistributed',
    standalone: 'org.apache.kafka.connect.cli.ConnectStandalone',
  },
  millrace: { distributed: 'worker', standalone: 'connect-standalone' },
} as const;

/** A running Connect worker, Apache Kafka's or ours. */
export class ConnectProcess {
  readonly url: string;
  readonly #child: Child;

  private constructor(url: string, child: Child) {
    this.url = url;
    this.#child = child;
  }

  /** Resolves when the worker says that it is healthy; throws with the end of its log when it ends before. */
  static async start(options: ConnectOptions): Promise<ConnectProcess> {
    const { kind, mode, directory, connectors = [] } = options;
    mkdirSync(directory, { recursive: true });
    const port = await freePort();
    const file = join(directory, `${kind}-worker.properties`);
    const log = join(directory, `${kind}-worker.log`);
    writeFileSync(file, workerProperties(options, port));
    const child = spawn(kind, commands[kind][mode], [file, ...connectors], { directory, log });
    const url = `http://127.0.0.1:${port}`;
    await until(
      `the ${kind} worker says that it is healthy`,
      90_000,
      async () => {
        if (!child.isRunning)
          throw new Error(`the ${kind} worker has ended: ${readFileSync(log, 'utf8').slice(-2000)}`);
        const answer = await fetch(`${url}/health`).catch(() => undefined);
        await answer?.arrayBuffer();
        return answer?.status === 200;
      },
      () => readFileSync(log, 'utf8').slice(-2000),
    );
    return new ConnectProcess(url, child);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Asks the REST API; throws unless it answers with 2xx. */
  async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(this.url + path, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** Resolves when each of these connectors and all of their tasks, of which there are some, are in `state`. */
  async allIn(state: string, ...names: readonly string[]): Promise<void> {
    let seen = '';
    await until(
      `${names.join(', ')} are ${state}`,
      30_000,
      async () => {
        const statuses = await Promise.all(
          names.map((name) => this.ask('GET', `/connectors/${name}/status`).catch(() => undefined)),
        );
        seen = JSON.stringify(statuses);
        return statuses.every((status) => isIn(state, status));
      },
      () => seen,
    );
  }

  /** In order: positions are stored. */
  async stop(): Promise<void> {
    await this.#child.stop('SIGTERM', 40_000);
  }
}

function isIn(state: string, status: unknown): boolean {
  const { connector, tasks } = (status ?? { tasks: [] }) as {
    connector?: { state: string };
    tasks: readonly { state: string }[];
  };
  return connector?.state === state && tasks.length > 0 && tasks.every((task) => task.state === state);
}

function spawn(
  kind: BrokerKind,
  command: string,
  args: readonly string[],
  { directory, log }: { readonly directory: string; readonly log: string },
): Child {
  const options = { cwd: directory, stderrFile: log };
  if (kind === 'kafka')
    return new Child('java', javaArgs(command, args, { heapMb: 256, log: 'WARN' }), options);
  const millrace = millraceCommand();
  return new Child(millrace.command, [...millrace.args, command, ...args], options);
}

function workerProperties({ mode, bootstrap, properties }: ConnectOptions, port: number): string {
  const topics = ['config', 'offset', 'status'].flatMap((each) => [
    [`${each}.storage.topic`, `connect-${each}s`] as const,
    [`${each}.storage.replication.factor`, '1'] as const,
  ]);
  const all = {
    'bootstrap.servers': bootstrap,
    'key.converter': 'org.apache.kafka.connect.json.JsonConverter',
    'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
    listeners: `http://127.0.0.1:${port}`,
    'offset.flush.interval.ms': '500',
    ...(mode === 'distributed' && { 'group.id': 'connect-cluster', ...Object.fromEntries(topics) }),
    ...properties,
  };
  return `${Object.entries(all)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')}\n`;
}
