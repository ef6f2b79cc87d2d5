import type { Survival } from '../../platform/simulation/memory-content.ts';
import { type Durability, FaultScenario, type Legacy } from '../broker/log/fault-scenario.ts';

const EVENTS = 2000;
/** Runs of each kind when not every operation is asked for. */
const RUNS = 200;
const survivals: readonly Survival[] = ['nothing', 'prefix', 'torn', 'pages'];

/** What goes wrong at an operation, and what the next process then finds. */
type Fault = 'EIO' | 'ENOSPC' | 'power cut' | 'end of the process';

/** Every fault with the durabilities under which nothing that was acknowledged may be lost. */
const kinds: readonly { readonly fault: Fault; readonly durability: Durability }[] = [
  { fault: 'EIO', durability: 'fsync' },
  { fault: 'ENOSPC', durability: 'fsync' },
  { fault: 'power cut', durability: 'fsync' },
  { fault: 'end of the process', durability: 'fsync' },
  { fault: 'end of the process', durability: 'page-cache' },
];

/** Counts of runs. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
}

/** A part of the story between two orderly restarts: how it begins, and its file operations from the start on. */
interface Life {
  readonly index: number;
  readonly legacy: Legacy;
  readonly operations: number;
}

/** One moment of the story: a file operation of a life, from 1. */
interface Moment {
  readonly life: Life;
  readonly operation: number;
}

/** Which moments: every `stride`th, of which those that are number `part` of `parts` when taken in turn. */
export interface Sample {
  readonly stride?: number;
  readonly part: number;
  readonly parts: number;
}

/**
 * The story of a log in 2,000 events, with a fault at one of its file operations, for every `stride`th of them: with 1 it
 * is every one, which takes an hour; without, 200 for each kind of fault, others for every seed. The life in which the
 * fault is goes on to its end and into the next one before the machine stops. Says what was found on the way.
 */
export async function logFaults(seed: number, { stride, part, parts }: Sample): Promise<Outcome> {
  let [passed, failed] = [0, 0];
  for (const { fault, durability } of kinds) {
    const moments = momentsOf(await livesOf(durability, seed));
    const step = stride ?? Math.max(1, Math.floor(moments.length / RUNS));
    const chosen = moments.filter(
      (_, i) => i % step === seed % step && Math.floor(i / step) % parts === part - 1,
    );
    console.log(`${fault}, durability=${durability}: ${chosen.length} of ${moments.length} file operations`);
    for (const moment of chosen) {
      const problems = await problemsAfter(fault, durability, moment, seed);
      if (problems.length === 0) passed += 1;
      else failed += 1;
      for (const problem of problems)
        console.error(`  ${fault} at operation ${moment.operation} of life ${moment.life.index}: ${problem}`);
    }
  }
  const { lost, of } = await lossesOfPageCache(seed);
  console.log(`power cut, durability=page-cache: ${lost} of ${of} lost what was acknowledged, as they may`);
  // If none has, the faults are not what they should be, and all the above shows nothing.
  return lost > 0 ? { passed: passed + 1, failed } : { passed, failed: failed + 1 };
}

/** Power cuts under a durability that does not promise to survive them: they have to be seen to lose something. */
async function lossesOfPageCache(seed: number): Promise<{ lost: number; of: number }> {
  const moments = momentsOf(await livesOf('page-cache', seed));
  const chosen = moments.filter((_, i) => i % Math.floor(moments.length / 20) === 0);
  let lost = 0;
  for (const moment of chosen) {
    const problems = await problemsAfter('power cut', 'page-cache', moment, seed);
    if (problems.length > 0) lost += 1;
  }
  return { lost, of: chosen.length };
}

/** The story when nothing goes wrong. */
async function livesOf(durability: Durability, seed: number): Promise<Life[]> {
  const lives: Life[] = [];
  const first = new FaultScenario(durability, seed);
  await first.end();
  let legacy = first.legacy();
  for (let events = 0; events < EVENTS; ) {
    const index = lives.length;
    const scenario = await FaultScenario.after(legacy, durability, seed);
    const before = scenario.fixture.platform.files.operations;
    scenario.begin();
    events += await scenario.runLife(index);
    const problems = problemsOf(scenario);
    if (problems.length > 0) throw new Error(`without a fault, life ${index}: ${problems.join('; ')}`);
    await scenario.end();
    lives.push({ index, legacy, operations: scenario.fixture.platform.files.operations - before });
    legacy = scenario.legacy();
  }
  return lives;
}

function momentsOf(lives: readonly Life[]): Moment[] {
  return lives.flatMap((life) =>
    Array.from({ length: life.operations }, (_, i) => ({ life, operation: i + 1 })),
  );
}

async function problemsAfter(
  fault: Fault,
  durability: Durability,
  { life, operation }: Moment,
  seed: number,
): Promise<string[]> {
  const scenario = await FaultScenario.after(life.legacy, durability, seed);
  const { platform } = scenario.fixture;
  const at = platform.files.operations + operation;
  if (fault === 'EIO' || fault === 'ENOSPC') platform.files.failAt(at, fault);
  else platform.files.powerOffAt(at);
  scenario.begin();
  await scenario.runLife(life.index);
  await scenario.end();
  scenario.begin();
  await scenario.runLife(life.index + 1);
  platform.crash(fault === 'end of the process' ? 'everything' : (survivals[operation % 4] ?? 'nothing'));
  try {
    scenario.reopen();
  } catch (error) {
    return [`the next start fails: ${String(error)}`];
  }
  const problems = problemsOf(scenario);
  return (await scenario.works()) ? problems : [...problems, 'nothing is acknowledged after the next start'];
}

function problemsOf(scenario: FaultScenario): string[] {
  return [...scenario.violations(), ...scenario.unexpected.map(String)];
}
