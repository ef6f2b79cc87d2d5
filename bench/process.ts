import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/** The command line: of the built package when there is one, otherwise of the sources. */
export const entry: string = existsSync('dist/bin.js') ? 'dist/bin.js' : 'runtime/bin.ts';

/** The unit of times in `/proc/<pid>/stat` (Linux). */
const MS_PER_TICK = 10;

/** A process that was started here and says on its first line of output that it is ready. */
export class BenchProcess implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<null, Readable, null>;
  readonly firstLine: string;
  /** From spawn to the first line, ms. */
  readonly readyMs: number;

  private constructor(child: ChildProcessByStdio<null, Readable, null>, firstLine: string, readyMs: number) {
    this.#child = child;
    this.firstLine = firstLine;
    this.readyMs = readyMs;
  }

  static async start(command: string, args: readonly string[]): Promise<BenchProcess> {
    const startedAt = performance.now();
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [chunk] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(exited)])) as [
      Buffer,
    ];
    return new BenchProcess(child, chunk.toString('utf8').trim(), performance.now() - startedAt);
  }

  /** Memory that is resident, in bytes (Linux). */
  get residentBytes(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
  }

  /** CPU time it has used so far, user and system together, ms (Linux). */
  get cpuMs(): number {
    const fields = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
  }

  /** Descriptors that are open (Linux). */
  get openFiles(): number {
    return readdirSync(`/proc/${this.#child.pid}/fd`).length;
  }

  /** Ends it without a word. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
  }
}

/** A broker on a folder of its own, which goes when it is disposed. */
export async function startBroker(
  durability: 'fsync' | 'page-cache',
  command: 'broker' | 'start' = 'broker',
) {
  const folder = temporaryFolder();
  const broker = await brokerOn(folder.path, durability, command);
  return {
    ...broker,
    async [Symbol.asyncDispose]() {
      await broker[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

/** A broker on this folder. */
export async function brokerOn(
  path: string,
  durability: 'fsync' | 'page-cache',
  command: 'broker' | 'start' = 'broker',
) {
  const ports = command === 'start' ? ['--registry-port', '0', '--rest-port', '0'] : [];
  const args = [
    entry,
    command,
    '--json',
    '--kafka-port',
    '0',
    '--data-dir',
    path,
    '--durability',
    durability,
  ];
  const process_ = await BenchProcess.start(process.execPath, [...args, ...ports]);
  const { kafka } = JSON.parse(process_.firstLine) as { kafka: string };
  return {
    process: process_,
    address: kafka,
    port: Number(kafka.split(':').at(-1)),
    [Symbol.asyncDispose]: () => process_[Symbol.asyncDispose](),
  };
}

/** A folder that goes when it is disposed. `BENCH_DIR` says where; the system's temporary folder unless it is set. */
export function temporaryFolder(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(process.env['BENCH_DIR'] ?? tmpdir(), 'millrace-bench-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

function exited([code]: unknown[]): never {
  throw new Error(`the process ended with ${String(code)} before it was ready`);
}
