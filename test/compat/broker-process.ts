import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child, runOk, until } from './child.ts';
import { type Command, javaArgs, millraceCommand } from './install.ts';
import { clusterId, kafkaProperties } from './kafka-server.ts';
import { accepts, freePort } from './port.ts';

/** Which broker stands behind the port. */
export type BrokerKind = 'millrace' | 'kafka';

/** How a broker is started; `overrides` are keys of server.properties. */
export interface BrokerOptions {
  readonly kind: BrokerKind;
  /** An empty or absent folder for its data, log and settings. */
  readonly directory: string;
  /** `start` opens every listener, `broker` only Kafka's. */
  readonly subcommand?: 'broker' | 'start';
  readonly overrides?: Readonly<Record<string, string>>;
  /** The `millrace` to run; that of the sources by default. */
  readonly program?: Command;
}

/** One broker, Millrace or Apache Kafka, that can be stopped, killed and started again on the same port and data. */
export class BrokerProcess {
  readonly dataDirectory: string;
  readonly #options: BrokerOptions;
  readonly #logFile: string;
  #child: Child | undefined;
  #port = 0;
  #connectUrl: string | undefined;
  #isStopped = false;

  constructor(options: BrokerOptions) {
    this.#options = options;
    this.dataDirectory = join(options.directory, 'data');
    this.#logFile = join(options.directory, 'broker.log');
  }

  get port(): number {
    return this.#port;
  }

  /** Where the Connect worker in the same process answers; undefined when there is none. */
  get connectUrl(): string | undefined {
    return this.#connectUrl;
  }

  get bootstrap(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Of a `start`: where its schema registry answers. */
  get registryUrl(): string {
    return String(this.#child?.facts.find((fact) => typeof fact['registry'] === 'string')?.['registry']);
  }

  /** Runs `work`, but throws as soon as the broker ends without having been told to. */
  async whileRunning<T>(work: () => Promise<T>): Promise<T> {
    const watched = new AbortController();
    const crash = until('the broker to end', 3_600_000, () => this.hasCrashed || watched.signal.aborted).then(
      () => {
        throw new Error(`the broker ended by itself with exit code ${this.#child?.exitCode}`);
      },
    );
    crash.catch(() => undefined);
    try {
      return await Promise.race([work(), crash]);
    } finally {
      watched.abort();
    }
  }

  /** True when the broker has ended without having been told to. */
  get hasCrashed(): boolean {
    return this.#child?.isRunning === false && !this.#isStopped;
  }

  async start(): Promise<void> {
    mkdirSync(this.#options.directory, { recursive: true });
    if (this.#options.kind === 'kafka') await this.#startKafka();
    else await this.#startMillrace();
    await until(
      'the broker accepts connections',
      10_000,
      () => accepts(this.#port),
      () => this.log(),
    );
  }

  /** Stops the broker in order; a broker that does not end by itself is a failure. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#child?.stop('SIGTERM', 30_000);
  }

  /** Ends the broker without giving it a chance to write anything. */
  async kill(): Promise<void> {
    this.#isStopped = true;
    await this.#child?.stop('SIGKILL');
  }

  /** The last lines of the broker's log. */
  log(lines = 12): string {
    const written = existsSync(this.#logFile) ? readFileSync(this.#logFile, 'utf8') : '';
    return written
      .trimEnd()
      .split('\n')
      .slice(-lines)
      .map((line) => line.slice(0, 300))
      .join('\n');
  }

  async #startMillrace(): Promise<void> {
    const { subcommand = 'broker', overrides = {} } = this.#options;
    const ports = subcommand === 'start' ? ['--registry-port', '0', '--rest-port', '0'] : [];
    const { command, args, env = {} } = this.#options.program ?? millraceCommand();
    const flags = ['--json', '--kafka-port', String(this.#port), ...ports, '--data-dir', this.dataDirectory];
    const settings = Object.entries(overrides).flatMap(([key, value]) => ['--override', `${key}=${value}`]);
    const child = new Child(command, [...args, subcommand, ...flags, ...settings], {
      cwd: this.#options.directory,
      env,
      stderrFile: this.#logFile,
    });
    this.#child = child;
    this.#isStopped = false;
    const ready = await this.#readyLine(child, () =>
      child.facts.find((fact) => typeof fact['kafka'] === 'string'),
    );
    this.#port = Number(String(ready['kafka']).split(':').at(-1));
    this.#connectUrl = typeof ready['rest'] === 'string' ? ready['rest'] : undefined;
  }

  async #startKafka(): Promise<void> {
    const properties = join(this.#options.directory, 'server.properties');
    if (this.#port === 0) {
      this.#port = await freePort();
      const controllerPort = await freePort();
      writeFileSync(
        properties,
        kafkaProperties(this.#port, controllerPort, this.dataDirectory, this.#options.overrides),
      );
      await runOk(
        'java',
        javaArgs('kafka.tools.StorageTool', ['format', '--standalone', '-t', clusterId, '-c', properties]),
      );
    }
    const started = (this.#child === undefined ? '' : this.#wholeLog()).split('Kafka Server started').length;
    const child = new Child('java', javaArgs('kafka.Kafka', [properties], { heapMb: 384, log: 'INFO' }), {
      stdoutFile: this.#logFile,
      stderrFile: this.#logFile,
    });
    this.#child = child;
    this.#isStopped = false;
    await this.#readyLine(child, () => this.#wholeLog().split('Kafka Server started').length > started);
  }

  #readyLine<T>(child: Child, ready: () => T | undefined | false): Promise<T> {
    return until('the broker says that it is ready', 60_000, () => {
      if (child.isRunning) return ready();
      throw new Error(
        `the broker ended with exit code ${child.exitCode}: ${child.name}\n${this.log()}${child.tail()}`,
      );
    });
  }

  #wholeLog(): string {
    return existsSync(this.#logFile) ? readFileSync(this.#logFile, 'utf8') : '';
  }
}
