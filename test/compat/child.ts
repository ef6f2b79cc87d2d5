import { AsyncLocalStorage } from 'node:async_hooks';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * How a program is started. `input` is its whole stdin, or `{ open: true }` keeps stdin open for {@link Child.write}.
 * `stdoutFile` and `stderrFile` are appended to instead of being kept in memory.
 */
export interface SpawnOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | { readonly open: true };
  readonly stdoutFile?: string;
  readonly stderrFile?: string;
}

/** What a program that has ended left behind; `code` is null when a signal ended it. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const running = new Set<ChildProcess>();
const startedWithin = new AsyncLocalStorage<ChildProcess[]>();

/** A program that was started here: the only kind of process that is ever stopped. */
export class Child {
  readonly name: string;
  stdout = '';
  stderr = '';
  readonly #process: ChildProcess;
  readonly #ended: Promise<number | null>;
  #endedWith: { code: number | null } | undefined;

  constructor(command: string, args: readonly string[], options: SpawnOptions = {}) {
    this.name = [command, ...args].join(' ');
    const files = [options.stdoutFile, options.stderrFile].map((f) =>
      f === undefined ? 'pipe' : openSync(f, 'a'),
    );
    this.#process = spawn(command, [...args], {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...process.env, ...options.env },
      stdio: [options.input === undefined ? 'ignore' : 'pipe', files[0] ?? 'pipe', files[1] ?? 'pipe'],
    });
    for (const file of files) if (typeof file === 'number') closeSync(file);
    running.add(this.#process);
    startedWithin.getStore()?.push(this.#process);
    this.#process.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      this.stdout += chunk;
    });
    this.#process.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.stderr += chunk;
    });
    this.#process.stdin?.on('error', () => undefined);
    if (typeof options.input === 'string') this.#process.stdin?.end(options.input);
    this.#ended = this.#watch();
  }

  /** -1 when it could not be started. */
  get pid(): number {
    return this.#process.pid ?? -1;
  }

  /** True until the program has ended and its output was read. */
  get isRunning(): boolean {
    return this.#endedWith === undefined;
  }

  /** The exit code once ended; null after a signal, undefined while it runs. */
  get exitCode(): number | null | undefined {
    return this.#endedWith?.code;
  }

  /** Every line of stdout that is a JSON object, so far. */
  get facts(): Record<string, unknown>[] {
    return this.stdout
      .slice(0, this.stdout.lastIndexOf('\n') + 1)
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Writes to the stdin of a program that was started with `input: { open: true }`. */
  write(text: string): void {
    this.#process.stdin?.write(text);
  }

  /** Ends the stdin of a program that was started with `input: { open: true }`, and waits for the program's end. */
  endOfInput(timeoutMs: number): Promise<Ended> {
    this.#process.stdin?.end();
    return this.end(timeoutMs);
  }

  /** Sends a signal and waits for the end; a program that ignores it for `timeoutMs` is killed, which throws. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', timeoutMs = 20_000): Promise<Ended> {
    if (this.isRunning) this.#process.kill(signal);
    return this.end(timeoutMs);
  }

  /** Waits for the end; after `timeoutMs` the program is killed and this throws with its output. */
  async end(timeoutMs: number): Promise<Ended> {
    const timer = new AbortController();
    const late = sleep(timeoutMs, 'late' as const, { signal: timer.signal }).catch(() => 'ended' as const);
    const first = await Promise.race([this.#ended.then(() => 'ended' as const), late]);
    timer.abort();
    if (first === 'late') {
      this.#process.kill('SIGKILL');
      await this.#ended;
      throw new Error(`did not end within ${timeoutMs / 1000} s: ${this.name}\n${this.tail()}`);
    }
    return { code: this.exitCode ?? null, stdout: this.stdout, stderr: this.stderr };
  }

  /** The last lines of its output, for a failure. */
  tail(lines = 12): string {
    return `${this.stdout.slice(-4000)}\n${this.stderr.slice(-4000)}`
      .trimEnd()
      .split('\n')
      .slice(-lines)
      .join('\n');
  }

  async #watch(): Promise<number | null> {
    let code: number | null = null;
    try {
      [code] = (await once(this.#process, 'close')) as [number | null];
    } catch (error) {
      this.stderr += `${error}\n`;
      code = 127;
    }
    running.delete(this.#process);
    this.#endedWith = { code };
    return code;
  }
}

/** Runs a program to its end. Throws when it cannot be started in time; the exit code is the caller's to judge. */
export async function run(
  command: string,
  args: readonly string[],
  options: SpawnOptions & { readonly timeoutMs?: number } = {},
): Promise<Ended> {
  return new Child(command, args, options).end(options.timeoutMs ?? 40_000);
}

/** Like {@link run}, but throws with the program's last lines unless it ends with exit code 0. */
export async function runOk(
  command: string,
  args: readonly string[],
  options: SpawnOptions & { readonly timeoutMs?: number } = {},
): Promise<Ended> {
  const child = new Child(command, args, options);
  const ended = await child.end(options.timeoutMs ?? 40_000);
  if (ended.code !== 0) throw new Error(`exit code ${ended.code}: ${child.name}\n${child.tail()}`);
  return ended;
}

/** Kills what is still running of the programs started here. */
export function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** Runs `work` and in the end kills what is still running of the programs that it started. */
export function killingAfter<T>(work: () => Promise<T>): Promise<T> {
  const started: ChildProcess[] = [];
  return startedWithin
    .run(started, work)
    .finally(() => started.filter((child) => running.has(child)).map((child) => child.kill('SIGKILL')));
}

/** Polls until `ready` gives a value other than undefined or false; throws after `timeoutMs` with what `otherwise` says. */
export async function until<T>(
  what: string,
  timeoutMs: number,
  ready: () => T | undefined | false | Promise<T | undefined | false>,
  otherwise: () => string = () => '',
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await ready();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > deadline)
      throw new Error(`waited ${timeoutMs / 1000} s: ${what}\n${otherwise()}`.trimEnd());
    await sleep(50);
  }
}
