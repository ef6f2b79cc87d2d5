import { expect, test } from 'vitest';
import type { Survival } from '../../../platform/simulation/memory-content.ts';
import { TransactionFaultScenario } from './transaction-fault-scenario.ts';

/** File operations of the scenario when nothing goes wrong. */
async function operations(): Promise<{ from: number; to: number }> {
  const scenario = new TransactionFaultScenario(1);
  const from = scenario.fixture.platform.files.operations;
  await scenario.run();
  expect(scenario.unexpected).toEqual([]);
  expect(scenario.violations()).toEqual([]);
  expect(scenario.decided).toBe(4);
  return { from, to: scenario.fixture.platform.files.operations };
}

for (const [i, code] of (['EIO', 'ENOSPC'] as const).entries()) {
  test(`an ${code} of a file operation shows no record of a transaction that is not committed, and loses none of one that is`, async () => {
    const { from, to } = await operations();
    expect(to - from).toBeGreaterThan(150);
    for (let operation = from + 1 + i; operation <= to; operation += 2) {
      const scenario = new TransactionFaultScenario(1);
      const { files } = scenario.fixture.platform;
      files.failAt(operation, code);
      await scenario.run();
      const hasFailed = files.operations >= operation;
      if (hasFailed && !scenario.isDown && !scenario.fixture.directory.isOffline) {
        expect(scenario.violations(), `operation ${operation}`).toEqual([]);
      }
      scenario.fixture.platform.crash('nothing');
      scenario.reopen();
      expect(scenario.violations(), `after a power cut, operation ${operation}`).toEqual([]);
      expect(scenario.unexpected, `operation ${operation}`).toEqual([]);
    }
  });
}

test('a power cut at any file operation does neither, and so does another one in recovery', async () => {
  const survivals: readonly Survival[] = ['nothing', 'prefix', 'torn', 'pages'];
  const { from, to } = await operations();
  for (let operation = from + 1; operation <= to; operation++) {
    const survival = survivals[operation % 4] ?? 'nothing';
    const scenario = new TransactionFaultScenario(operation);
    const { platform } = scenario.fixture;
    platform.files.powerOffAt(operation);
    await scenario.run();
    platform.crash(survival);
    scenario.reopen();
    expect(scenario.violations(), `${survival} at operation ${operation}`).toEqual([]);
    platform.crash('everything');
    platform.files.powerOffAt(platform.files.operations + 1 + platform.entropy.below(40));
    try {
      scenario.reopen();
    } catch {
      // The start fails with the disk.
    }
    platform.crash(survival);
    scenario.reopen();
    expect(scenario.violations(), `${survival} at operation ${operation}, and in recovery`).toEqual([]);
    expect(scenario.unexpected, `${survival} at operation ${operation}`).toEqual([]);
  }
});
