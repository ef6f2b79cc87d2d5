import type { Survival } from '../../platform/simulation/memory-content.ts';
import { type Durability, FaultScenario, type Legacy } from '../broker/log/fault-scenario.ts';

const EVENTS = 2000;
/** Runs of each kind when not every operation is asked for. */
const RUNS = 200;
const survivals: readonly Survival[] = ['nothing', 'prefix', 'torn', 'pages'];

/** A second power cut, or end of the process, comes within that many operations of the start after the first. */
const OPERATIONS_BETWEEN = 60;

/** What goes wrong at an operation, and what the next process then finds. */
type Fault =
  | 'EIO'
  | 'ENOSPC'
  | 'power cut'
  | 'end of the process'
  | 'two power cuts'
  | 'two ends of the process';

/** Every fault with the durabilities under which nothing that was acknowledged may be lost. */
const kinds: readonly { readonly fault: Fault; readonly durability: Durability }[] = [
  { fault: 'EIO', durability: 'fsync' },
  { fault: 'ENOSPC', durability: 'fsync' },
  { fault: 'power cut', durability: 'fsync' },
  { fault: 'end of the process', durability: 'fsync' },
  { fault: 'end of the process', durability: 'page-cache' },
  { fault: 'two power cuts', durability: 'fsync' },
  { fault: 'two ends of the process', durability: 'page-cache' },
];

const faultNames: readonly string[] = [...new Set(kinds.map(({ fault }) => fault))];

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
  /** What is to go wrong; everything by default. */
  readonly faults?: readonly string[];
}

/**
 * The story of a log in 2,000 events, with a fault at one of its file operations, for every `stride`th of them: with 1 it
 * is every one, which takes an hour; without, 200 for each kind of fault, others for every seed. The life in which the
 * fault is goes on to its end and into the next one before the machine stops. Says what was found on the way.
 */
export async function logFaults(seed: number, { stride, part, parts, faults }: Sample): Promise<Outcome> {
  const unknown = faults?.find((name) => !kinds.some(({ fault }) => fault === name));
  if (unknown !== undefined) throw new Error(`no fault ${unknown}; there are ${faultNames.join(', ')}`);
  let [passed, failed] = [0, 0];
  for (const { fault, durability } of kinds) {
    if (faults?.includes(fault) === false) continue;
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
  const survivalOf = (cut: number) =>
    fault.includes('process') ? 'everything' : (survivals[cut % survivals.length] ?? 'nothing');
  platform.crash(survivalOf(operation));
  if (fault.startsWith('two ')) {
    platform.files.powerOffAt(platform.files.operations + 1 + (operation % OPERATIONS_BETWEEN));
    const failure = failureToStart(scenario);
    if (failure !== undefined && !platform.files.isPoweredOff) return [failure];
    await scenario.runLife(life.index + 2);
    platform.crash(survivalOf(Math.floor(operation / survivals.length)));
  }
  const failure = failureToStart(scenario);
  if (failure !== undefined) return [failure];
  const problems = problemsOf(scenario);
  return (await scenario.works()) ? problems : [...problems, 'nothing is acknowledged after the next start'];
}

function failureToStart(scenario: FaultScenario): string | undefined {
  try {
    scenario.reopen();
    return undefined;
  } catch (error) {
    return `the next start fails: ${String(error)}`;
  }
}

function problemsOf(scenario: FaultScenario): string[] {
  return [...scenario.violations(), ...scenario.unexpected.map(String)];
}
