import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../platform/clock.ts';
import {
  type ConnectRecord,
  connectRecord,
  createContext,
  type DefinedPredicate,
  type DefinedTransform,
  type PluginContext,
  requirePluginConfig,
  type TransformTest,
} from '../plugin/index.ts';
import { openTransformChain } from '../transforms/index.ts';
import { CapturedLog, written } from './captured-log.ts';
import { ConformanceError, type ExampleCheck, reasonOf, require, show } from './check.ts';

const TOPIC = 'example';

/** The examples of a transform, run in the chain that the runtime runs it in; twice, to see that it is pure. */
export function transformExamples(plugin: DefinedTransform): readonly ExampleCheck[] {
  return (plugin.tests ?? []).map((example) => ({
    name: `example: ${example.name}`,
    run: (clock) => runExample(plugin, example, clock),
  }));
}

async function runExample(plugin: DefinedTransform, example: TransformTest, clock: Clock): Promise<void> {
  const { config = {}, expect } = example;
  const chain = await openTransformChain([{ alias: 'example', plugin, raw: config }], contextOf(clock));
  try {
    const input = recordOf(example.input);
    const before = written(input);
    const first = attempt(() => chain.apply(input));
    requireExpected(first, expect);
    require(written(input) === before, `the input ${before} to stay as it is`, () =>
      `it is ${written(input)} now`);
    const second = attempt(() => chain.apply(input));
    require(written(second) === written(first) ||
      'error' in first, `the same record to become the same again: ${show(first)}`, () =>
      `the second time it became ${show(second)}`);
  } finally {
    await chain.close();
  }
}

type Outcome = { readonly records: readonly ConnectRecord[] } | { readonly error: unknown };

function attempt(work: () => readonly ConnectRecord[]): Outcome {
  try {
    return { records: work() };
  } catch (error) {
    return { error };
  }
}

function requireExpected(outcome: Outcome, expect: TransformTest['expect']): void {
  if (expect !== null && 'error' in expect) {
    require('error' in outcome, `an error like ${expect.error}`, () => `it became ${show(outcome)}`);
    const reason = 'error' in outcome ? reasonOf(outcome.error) : '';
    require(expect.error.test(reason), `an error like ${expect.error}`, `it was: ${reason}`);
    return;
  }
  if ('error' in outcome) {
    throw new ConformanceError(show(expect), `it failed: ${reasonOf(outcome.error)}`, {
      cause: outcome.error,
    });
  }
  const wanted: readonly Partial<ConnectRecord>[] =
    expect === null ? [] : Array.isArray(expect) ? expect : [expect as Partial<ConnectRecord>];
  require(outcome.records.length ===
    wanted.length, `${wanted.length} records`, `there were ${outcome.records.length}`);
  for (const [index, parts] of wanted.entries()) {
    const record = outcome.records[index];
    for (const [part, value] of Object.entries(parts)) {
      const actual = record?.[part as keyof ConnectRecord];
      require(isDeepStrictEqual(actual, value), `${part} ${show(value)}`, () => `it was ${show(actual)}`);
    }
  }
}

/** The examples of a predicate. */
export function predicateExamples(plugin: DefinedPredicate): readonly ExampleCheck[] {
  return (plugin.tests ?? []).map(({ name, config = {}, input, expect }) => ({
    name: `example: ${name}`,
    run: async (clock) => {
      const parsed = requirePluginConfig(plugin, config);
      const handle = plugin.open === undefined ? parsed : await plugin.open(parsed, contextOf(clock));
      try {
        const record = recordOf(input);
        const answer: unknown = plugin.test(record, handle);
        require(answer === expect, String(expect), () => `the answer was ${show(answer)}`);
        const again: unknown = plugin.test(record, handle);
        require(again === answer, 'the same answer for the same record', () =>
          `the second was ${show(again)}`);
      } finally {
        await plugin.close?.(handle);
      }
    },
  }));
}

function recordOf(parts: Partial<ConnectRecord>): ConnectRecord {
  return { ...connectRecord({ value: null }, TOPIC), ...parts };
}

function contextOf(clock: Clock): PluginContext {
  return createContext({
    connector: 'example',
    signal: new AbortController().signal,
    log: new CapturedLog(),
    clock,
  });
}
