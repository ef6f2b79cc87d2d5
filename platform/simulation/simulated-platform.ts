import { type Logger, silentLogger } from '../logger.ts';
import { MemoryNet } from '../memory-net.ts';
import type { Platform } from '../platform.ts';
import { harshDelivery } from './harsh-delivery.ts';
import { InlineExecutor } from './inline-executor.ts';
import { ManualClock } from './manual-clock.ts';
import type { Survival } from './memory-content.ts';
import { MemoryFiles } from './memory-files.ts';
import { MemoryIsolates } from './memory-isolates.ts';
import { SeededEntropy } from './seeded-entropy.ts';

interface SimulationOptions {
  readonly logger?: Logger;
  /** What all files together may take. */
  readonly capacityBytes?: number;
}

/** A {@link Platform} in memory that does the same again for the same seed, as long as nothing else is used. */
export function simulatedPlatform(seed: string | number, options: SimulationOptions = {}): SimulatedPlatform {
  const { logger = silentLogger, capacityBytes } = options;
  const entropy = new SeededEntropy(seed);
  const clock = new ManualClock();
  const executor = new InlineExecutor();
  const net = new MemoryNet({ executor, logger, delivery: harshDelivery(entropy.fork('net')) });
  const disk = { clock, executor, entropy: entropy.fork('disk') };
  const files = new MemoryFiles(capacityBytes === undefined ? disk : { ...disk, capacityBytes });
  executor.lend({ files });
  return new SimulatedPlatform({ clock, entropy, net, files, executor, logger });
}

/** Exit code of what SIGKILL ended, as shells tell it. */
const KILLED = 137;

interface Parts {
  readonly clock: ManualClock;
  readonly entropy: SeededEntropy;
  readonly net: MemoryNet;
  readonly files: MemoryFiles;
  readonly executor: InlineExecutor;
  readonly logger: Logger;
}

/** The parts of a simulation, and the passage of time in it. */
export class SimulatedPlatform implements Platform {
  readonly clock: ManualClock;
  readonly entropy: SeededEntropy;
  readonly net: MemoryNet;
  readonly files: MemoryFiles;
  readonly executor: InlineExecutor;
  /** Programs run in this thread. */
  readonly isolates = new MemoryIsolates((program) => import(program.href));
  readonly logger: Logger;

  constructor({ clock, entropy, net, files, executor, logger }: Parts) {
    this.clock = clock;
    this.entropy = entropy;
    this.net = net;
    this.files = files;
    this.executor = executor;
    this.logger = logger;
  }

  /** Waits until nothing more happens unless time passes. */
  async settle(): Promise<void> {
    for (let quietTurns = 0; quietTurns < 2; ) {
      await new Promise((resolve) => setImmediate(resolve));
      quietTurns = this.executor.pending === 0 ? quietTurns + 1 : 0;
    }
  }

  /** Lets time pass; between two timers all settles that the first one caused. */
  async runFor(durationMs: number): Promise<void> {
    const end = this.clock.monotonic() + durationMs;
    await this.settle();
    while ((this.clock.nextDeadline ?? Number.POSITIVE_INFINITY) <= end) {
      this.clock.advanceToNext();
      await this.settle();
    }
    this.clock.advance(Math.max(0, end - this.clock.monotonic()));
  }

  /** Lets time pass until `isDone`. Throws when it is not after `withinMs`, or when no timer is left. */
  async runUntil(isDone: () => boolean, withinMs = 60_000): Promise<void> {
    const end = this.clock.monotonic() + withinMs;
    await this.settle();
    while (!isDone()) {
      const next = this.clock.nextDeadline ?? Number.POSITIVE_INFINITY;
      if (next > end) throw new Error(`not done after ${withinMs} ms of simulated time`);
      this.clock.advanceToNext();
      await this.settle();
    }
  }

  /**
   * The process ends at this moment: timers, callbacks and connections are gone without a word, and the disk keeps
   * what {@link MemoryFiles.crash} says. Then a new process may start on the same parts.
   */
  crash(survival: Survival = 'nothing'): void {
    this.clock.forget();
    this.executor.forget();
    this.net.vanish();
    this.isolates.crash(KILLED);
    this.files.crash(survival);
  }
}
