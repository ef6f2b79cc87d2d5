// A log through 2,000 events, with a fault at one file operation of it: `npm run test:sim [-- --stride N] [-- --seed N]`.
// With --stride 1 it is every operation, which takes hours; without, a hundred of them, other ones for every seed.
import { parseArgs } from 'node:util';
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

const { values } = parseArgs({ options: { stride: { type: 'string' }, seed: { type: 'string' } } });
const seed = Number(values.seed ?? 1);
let [passed, failed] = [0, 0];
for (const { fault, durability } of kinds) {
  const [from, to] = await operationsOf(durability);
  const stride = Number(values.stride ?? Math.max(1, Math.floor((to - from) / RUNS)));
  console.log(`${fault}, durability=${durability}: operations ${from + 1} to ${to}, every ${stride}`);
  for (let operation = from + 1 + (seed % stride); operation <= to; operation += stride) {
    const problems = await problemsAfter(fault, durability, operation);
    if (problems.length === 0) passed += 1;
    else failed += 1;
    for (const problem of problems) console.error(`  ${fault} at operation ${operation}: ${problem}`);
  }
}
const lost = await lossesOfPageCache();
console.log(`power cut, durability=page-cache: ${lost} of ${RUNS} lost what was acknowledged, as they may`);
if (lost > 0) passed += 1;
else failed += 1; // Then the faults are not what they should be, and all the above shows nothing.
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** Power cuts under a durability that does not promise to survive them: they have to be seen to lose something. */
async function lossesOfPageCache(): Promise<number> {
  const [from, to] = await operationsOf('page-cache');
  let losses = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const operation = from + Math.floor(((to - from) * (run + 0.5)) / RUNS);
    const problems = await problemsAfter('power cut', 'page-cache', operation);
    if (problems.length > 0) losses += 1;
  }
  return losses;
}

/** The file operations of the scenario when nothing goes wrong. */
async function operationsOf(durability: Durability): Promise<[from: number, to: number]> {
  const scenario = new FaultScenario(durability, seed);
  const from = scenario.fixture.platform.files.operations;
  await scenario.runEvents(EVENTS);
  const problems = problemsOf(scenario);
  if (problems.length > 0) throw new Error(`without a fault: ${problems.join('; ')}`);
  return [from, scenario.fixture.platform.files.operations];
}

async function problemsAfter(fault: Fault, durability: Durability, operation: number): Promise<string[]> {
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
