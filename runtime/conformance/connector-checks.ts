import { openHandles } from '../../platform/open-handles.ts';
import type { Conformance, FlatConfig } from '../plugin/index.ts';
import { requirePluginConfig } from '../plugin/index.ts';
import type { Bench } from './bench.ts';
import { written } from './captured-log.ts';
import { ConformanceError, reasonOf, require } from './check.ts';
import type { CheckSpec } from './check-spec.ts';
import { withConsoleOutput } from './console-output.ts';
import { isGiven, secretKeys, secretValues } from './secret-keys.ts';
import { produceRows, runUntilWritten } from './sink-runs.ts';
import { runUntil } from './source-runs.ts';
import { type RunOptions, TaskRun } from './task-run.ts';

const ROWS = 10;
const CANARY = 'canary-7f3a91c4e2';
/** What opens something and leaves it open does so every time. */
const LEAK_ROUNDS = 4;
/** How long a connector is watched after the outside world has broken. */
const BROKEN_MS = 150;
/** After this a task has moved what there was. */
const IDLE_MS = 100;

/** The checks that sources and sinks have in common. */
export const connectorChecks: readonly CheckSpec<Conformance>[] = [
  { name: 'stop: a task ends when it is told to: at once, at work, and idle', run: stops },
  { name: 'handles: nothing stays open after a stop', run: handles },
  { name: 'untouched: the config stays as the plugin was given it', run: untouched },
  { name: 'secrets: no secret is in a log, an error or on the console', run: secrets },
];

/** Gives the connector 10 more records to move and waits until it has. */
async function move(
  bench: Bench,
  description: Conformance,
  round: number,
  options: RunOptions = {},
): Promise<TaskRun> {
  await give(bench, description, round);
  return description.kind === 'source-conformance'
    ? runUntil(bench, description, ROWS, `${ROWS} rows`, options)
    : runUntilWritten(bench, description, ROWS, options);
}

/** 10 more records to move. */
async function give(bench: Bench, description: Conformance, round: number): Promise<void> {
  if (description.kind === 'sink-conformance') await produceRows(bench, description, round * ROWS, ROWS);
  else await description.write(bench.world, round * ROWS, ROWS);
}

async function stops(bench: Bench, description: Conformance): Promise<void> {
  await (await TaskRun.start(bench, description)).stop();
  await give(bench, description, 0);
  let stopped: Promise<void> | undefined;
  const run = await TaskRun.start(bench, description, {
    at: ({ at }, running) => {
      if (at === 'batch given' || at === 'write sent') stopped ??= running.stop();
    },
  });
  await bench.until(() => stopped !== undefined, {
    expected: 'a batch',
    actual: () => 'there was none',
    run,
  });
  await stopped;
  const idle = await TaskRun.start(bench, description);
  await bench.sleep(IDLE_MS);
  await idle.stop();
  if (idle.failure !== undefined) throw idle.failure.error;
}

async function handles(bench: Bench, description: Conformance): Promise<void> {
  await (await move(bench, description, 0)).stop();
  const before = openHandles();
  for (let round = 1; round <= LEAK_ROUNDS; round++) await (await move(bench, description, round)).stop();
  // What is closed at the stop may take a moment.
  await bench.sleep(20);
  for (const [kind, count] of openHandles()) {
    const more = count - (before.get(kind) ?? 0);
    require(more <
      LEAK_ROUNDS, 'as much to be open after a stop as before the start', `after ${LEAK_ROUNDS} runs there is ${more} of ${kind} more: close it in finally, or in close`);
  }
}

async function untouched(bench: Bench, description: Conformance): Promise<void> {
  let given: { readonly config: unknown; readonly text: string } | undefined;
  const run = await move(bench, description, 0, {
    onConfig: (config) => {
      given ??= { config, text: written(config) };
    },
  });
  await run.stop();
  const after = written(given?.config);
  require(after === given?.text, `the config ${given?.text} to stay as it is`, `it is ${after} now`);
}

async function secrets(bench: Bench, description: Conformance): Promise<void> {
  const keys = secretKeys(description.plugin.config);
  const base = description.config(bench.world, bench.place);
  const variants = [{}, ...(description.secrets ?? [])].map(withCanary);
  const forgotten = keys.filter((key) => ![base, ...variants].some((config) => isGiven(key, config)));
  require(forgotten.length ===
    0, 'the description to give a value to every secret key, in config or secrets', `it has none for ${forgotten.map(({ name }) => name).join(', ')}`);
  for (const [round, config] of variants.entries()) {
    const values = secretValues(keys, { ...base, ...config });
    if (values.length > 0) await requireSilence(bench, description, { round, config, values });
  }
  await description.break?.(bench.world);
  for (const [round, config] of variants.entries()) {
    const values = secretValues(keys, { ...base, ...config });
    if (values.length > 0)
      await requireSilence(bench, description, { round: 100 + round, config, values, isBroken: true });
  }
  refuseInSilence(description, base, variants);
}

function withCanary(config: FlatConfig): FlatConfig {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, String(value).replaceAll('${canary}', CANARY)]),
  );
}

interface Trial {
  readonly round: number;
  readonly config: FlatConfig;
  readonly values: readonly string[];
  readonly isBroken?: boolean;
}

async function requireSilence(bench: Bench, description: Conformance, trial: Trial): Promise<void> {
  const { round, config, values, isBroken = false } = trial;
  let error: unknown;
  const printed = await withConsoleOutput(async () => {
    error = isBroken
      ? await moveBroken(bench, description, round, config)
      : await move(bench, description, round, { config }).then(
          (run) => run.stop(),
          (reason: unknown) => reason,
        );
  });
  const places = {
    'the log': bench.log.lines.join('\n'),
    'an error': written(error),
    'the console': printed,
  };
  for (const [place, text] of Object.entries(places)) requireAbsent(values, place, text);
  if (!isBroken && error !== undefined) throw error;
}

/** Nothing may arrive; what the task says to that is what matters. */
async function moveBroken(
  bench: Bench,
  description: Conformance,
  round: number,
  config: FlatConfig,
): Promise<unknown> {
  try {
    await give(bench, description, round);
  } catch {
    // The world is broken for the description as well.
  }
  const run = await TaskRun.start(bench, description, { config });
  await bench.sleep(BROKEN_MS);
  await run.stop();
  return run.failure?.error;
}

function requireAbsent(values: readonly string[], place: string, text: string): void {
  for (const value of values) {
    const index = text.indexOf(value);
    if (index < 0) continue;
    const before = text.slice(Math.max(0, index - 60), index).replaceAll('\n', ' ');
    throw new ConformanceError('secrets to stay secret', `${place} has one: "...${before}[here]"`);
  }
}

/** A config that is refused is told without its secrets. */
function refuseInSilence({ plugin }: Conformance, base: FlatConfig, variants: readonly FlatConfig[]): void {
  const keys = secretKeys(plugin.config);
  for (const variant of variants) {
    const config = { ...base, ...variant };
    const values = secretValues(keys, config);
    if (values.length === 0) continue;
    const spoiled = Object.fromEntries(
      Object.entries(config).map(([key, value]) => [
        key,
        values.includes(String(value)) ? `${value}\u0000\n` : value,
      ]),
    );
    try {
      requirePluginConfig(plugin, spoiled);
    } catch (error) {
      requireAbsent(values, 'the message of a refused config', reasonOf(error));
    }
  }
}
