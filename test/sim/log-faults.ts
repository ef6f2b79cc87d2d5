import type { Survival } from '../../platform/simulation/memory-content.ts';
import { FaultScenario } from '../broker/log/fault-scenario.ts';

const EVENTS = 2000;
const RUNS = 20;
const survivals: readonly Survival[] = ['nothing', 'prefix', 'torn', 'pages'];

type Durability = 'fsync' | 'page-cache';
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

/**
 * A log through 2,000 events, with a fault at one file operation of it, for every `stride`th operation: with 1 it is every
 * one, which takes hours; without, a hundred of them, others for every seed. Says what was found on the way.
 */
export async function logFaults(seed: number, stride?: number): Promise<Outcome> {
  let [passed, failed] = [0, 0];
  for (const { fault, durability } of kinds) {
    const [from, to] = await operationsOf(durability, seed);
    const step = stride ?? Math.max(1, Math.floor((to - from) / RUNS));
    console.log(`${fault}, durability=${durability}: operations ${from + 1} to ${to}, every ${step}`);
    for (let operation = from + 1 + (seed % step); operation <= to; operation += step) {
      const problems = await problemsAfter(fault, durability, operation, seed);
      if (problems.length === 0) passed += 1;
      else failed += 1;
      for (const problem of problems) console.error(`  ${fault} at operation ${operation}: ${problem}`);
    }
  }
  const lost = await lossesOfPageCache(seed);
  console.log(`power cut, durability=page-cache: ${lost} of ${RUNS} lost what was acknowledged, as they may`);
  // If none has, the faults are not what they should be, and all the above shows nothing.
  return lost > 0 ? { passed: passed + 1, failed } : { passed, failed: failed + 1 };
}

/** Power cuts under a durability that does not promise to survive them: they have to be seen to lose something. */
async function lossesOfPageCache(seed: number): Promise<number> {
  const [from, to] = await operationsOf('page-cache', seed);
  let losses = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const operation = from + Math.floor(((to - from) * (run + 0.5)) / RUNS);
    const problems = await problemsAfter('power cut', 'page-cache', operation, seed);
    if (problems.length > 0) losses += 1;
  }
  return losses;
}

/** The file operations of the scenario when nothing goes wrong. */
async function operationsOf(durability: Durability, seed: number): Promise<[from: number, to: number]> {
  const scenario = new FaultScenario(durability, seed);
  const from = scenario.fixture.platform.files.operations;
  await scenario.runEvents(EVENTS);
  const problems = problemsOf(scenario);
  if (problems.length > 0) throw new Error(`without a fault: ${problems.join('; ')}`);
  return [from, scenario.fixture.platform.files.operations];
}

async function problemsAfter(
  fault: Fault,
  durability: Durability,
  operation: number,
  seed: number,
): Promise<string[]> {
  const scenario = new FaultScenario(durability, seed);
  const { files } = scenario.fixture.platform;
  if (fault === 'EIO' || fault === 'ENOSPC') files.failAt(operation, fault);
  else files.powerOffAt(operation);
  await scenario.runEvents(EVENTS);
  const survival = fault === 'end of the process' ? 'everything' : (survivals[operation % 4] ?? 'nothing');
  scenario.fixture.platform.crash(survival);
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
