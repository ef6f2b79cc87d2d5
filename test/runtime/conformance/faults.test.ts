// The kit has to see every fault: each test here breaks a connector in one way and looks for the check that tells it.
import { describe, expect, test, vi } from 'vitest';
import type { Conformance } from '../../../runtime/plugin/index.ts';
import { conformance } from '../../../runtime/testing.ts';
import { faultySink, sinkFaults } from './faulty-sink.ts';
import { faultySource, sourceFaults } from './faulty-source.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Faults that keep something from happening are found out sooner. */
const impatient = { timeoutMs: 900, stopTimeoutMs: 500 };
/** A process has to start before anything comes. */
const patient = { timeoutMs: 4_000, stopTimeoutMs: 2_000 };

function checkOf(description: Conformance, word: string, options = {}) {
  const check = conformance(description, options).find(({ name }) => name.startsWith(`${word}:`));
  if (check === undefined) throw new Error(`there is no check ${word}`);
  return check;
}

/** What a check of a faulty connector must speak of. */
const words: Readonly<Record<string, RegExp>> = {
  resume: /missing|again/,
  sigkill: /missing|more than once|came again/,
  delivery: /missing|more than once/,
  order: /came after/,
  'back-pressure': /kept \d+ MiB/,
  secrets: /has one/,
  stop: /it did not/,
  untouched: /it is .* now/s,
  handles: /more: close/,
  poison: /letters|as dead letters|missing|never written/,
  tolerance: /it went on/,
  empty: /came/,
  append: /had come|missing/,
  commit: /not written/,
  restart: /missing/,
  values: /was written/,
  retry: /the task failed: 503/,
  tombstone: /task failed|missing|more than once/,
  repeat: /more than once/,
  rebalance: /missing/,
  schema: /missing/,
};

describe.each([
  ['source', sourceFaults, faultySource],
  ['sink', sinkFaults, faultySink],
] as const)('a %s', (_kind, faults, describeFault) => {
  const cases = Object.entries(faults).flatMap(([fault, checks]) =>
    checks.map((check: string) => [fault, check] as const),
  );
  test.each(cases)('that %s fails the check %s', async (fault, word) => {
    const check = checkOf(describeFault(fault), word, word === 'sigkill' ? patient : impatient);
    expect(check.notApplicable).toBeUndefined();
    await expect(check.run()).rejects.toMatchObject({
      code: 'CONFORMANCE',
      message: expect.stringMatching(words[word] ?? /^$/),
    });
  });

  const all = conformance(describeFault('none'));
  // Being killed takes a process for each boundary: see built-in.test.ts.
  const quick = all.filter(
    ({ name, notApplicable }) => notApplicable === undefined && !name.startsWith('sigkill'),
  );
  test.each(quick)('without fault passes $name', async ({ run }) => {
    await run();
  });
});
