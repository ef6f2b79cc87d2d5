import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Child, runOk, until } from '../test/compat/child.ts';
import { clusterId, kafkaProperties } from '../test/compat/kafka-server.ts';
import { cache } from '../test/compat/places.ts';
import { accepts, freePort } from '../test/compat/port.ts';
import { entry } from './process.ts';

/** What is compared: Apache Kafka as it comes, and ours in both durabilities. */
export const contenders = ['kafka', 'page-cache', 'fsync'] as const;
export type Contender = (typeof contenders)[number];

const TICKS_PER_SECOND = 100;

/** The settings that Kafka's own start script gives its JVM. */
const kafkaJvm = [
  ...['-server', '-Xms1G', '-Xmx1G', '-XX:+UseG1GC', '-XX:MaxGCPauseMillis=20'],
  ...[
    '-XX:InitiatingHeapOccupancyPercent=35',
    '-XX:+ExplicitGCInvokesConcurrent',
    '-Djava.awt.headless=true',
  ],
];

/** A running broker, with what the system says about its process. */
export class RunningContender implements AsyncDisposable {
  readonly address: string;
  /** From spawn to the first connection taken, ms. */
  readonly readyMs: number;
  readonly #child: Child;

  private constructor(address: string, readyMs: number, child: Child) {
    this.address = address;
    this.readyMs = readyMs;
    this.#child = child;
  }

  /** Starts it on an empty folder. */
  static async start(contender: Contender, folder: string): Promise<RunningContender> {
    const port = await freePort();
    const { command, args } =
      contender === 'kafka' ? await kafkaCommand(port, folder) : ours(port, folder, contender);
    const startedAt = performance.now();
    const child = new Child(command, args, {
      stdoutFile: join(folder, 'log'),
      stderrFile: join(folder, 'log'),
    });
    await until('the broker to take connections', 60_000, () => child.isRunning && accepts(port));
    return new RunningContender(`127.0.0.1:${port}`, performance.now() - startedAt, child);
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

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.stop('SIGTERM', 60_000);
  }

  #proc(file: string): string {
    return readFileSync(`/proc/${this.#child.pid}/${file}`, 'utf8');
  }
}

/** Arguments for `java` that run one of Kafka's own programs as its scripts run them. */
export function kafkaTool(mainClass: string, args: readonly string[]): string[] {
  return ['-Xmx512M', '-server', '-XX:+UseG1GC', '-cp', classPath(), mainClass, ...args];
}

function classPath(): string {
  return [join(cache, 'java/lib/*'), join(cache, 'java/classes')].join(delimiter);
}

function ours(port: number, folder: string, durability: string): { command: string; args: string[] } {
  const args = [entry, 'broker', '--kafka-port', String(port), '--data-dir', join(folder, 'data')];
  return { command: process.execPath, args: [...args, '--durability', durability] };
}

async function kafkaCommand(port: number, folder: string): Promise<{ command: string; args: string[] }> {
  const properties = join(folder, 'server.properties');
  writeFileSync(properties, kafkaProperties(port, await freePort(), join(folder, 'data')));
  const run = (mainClass: string, args: readonly string[]) => [
    ...kafkaJvm,
    ...['-Dcompat.log.level=WARN', '-cp', classPath(), mainClass, ...args],
  ];
  await runOk(
    'java',
    run('kafka.tools.StorageTool', ['format', '--standalone', '-t', clusterId, '-c', properties]),
  );
  return { command: 'java', args: run('kafka.Kafka', [properties]) };
}
