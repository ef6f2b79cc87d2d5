import { expect, test } from 'vitest';
import type { Survival } from '../../../platform/simulation/memory-content.ts';
import { FaultScenario } from './fault-scenario.ts';

/** File operations of the scenario when nothing goes wrong. */
async function operationsOf(durability: 'fsync' | 'page-cache'): Promise<{ from: number; to: number }> {
  const scenario = new FaultScenario(durability, 1);
  const from = scenario.fixture.platform.files.operations;
  await scenario.run();
  const to = scenario.fixture.platform.files.operations;
  expect(scenario.unexpected).toEqual([]);
  expect(scenario.violations()).toEqual([]);
  expect(scenario.isDown).toBe(false);
  expect(scenario.acknowledged).toBeGreaterThan(2);
  return { from, to };
}

test('an I/O error of any single file operation loses nothing that was acknowledged, and is followed by no acknowledgement that could be lost', async () => {
  const { from, to } = await operationsOf('fsync');
  expect(to - from).toBeGreaterThan(250);
  let offline = 0;
  for (let operation = from + 1; operation <= to; operation++) {
    const scenario = new FaultScenario('fsync', 1);
    scenario.fixture.platform.files.failAt(operation, 'EIO');
    await scenario.run();
    if (scenario.fixture.directory.isOffline) {
      offline += 1;
      expect(await scenario.works(), `operation ${operation}`).toBe(false);
    }
    scenario.fixture.platform.crash('nothing');
    scenario.reopen();
    expect(scenario.violations(), `operation ${operation}`).toEqual([]);
    expect(scenario.unexpected, `operation ${operation}`).toEqual([]);
    expect(await scenario.works(), `operation ${operation}`).toBe(true);
  }
  expect(offline).toBeGreaterThan((to - from) / 3);
});

test('a full disk at any single file operation fails what needs room, loses nothing, and passes', async () => {
  const { from, to } = await operationsOf('fsync');
  for (let operation = from + 1; operation <= to; operation++) {
    const scenario = new FaultScenario('fsync', 1);
    scenario.fixture.platform.files.failAt(operation, 'ENOSPC');
    await scenario.run();
    if (!scenario.isDown && !scenario.fixture.directory.isOffline) {
      expect(await scenario.works(), `operation ${operation}`).toBe(true);
      expect(scenario.violations(), `operation ${operation}`).toEqual([]);
    }
    scenario.fixture.platform.crash('nothing');
    scenario.reopen();
    expect(scenario.violations(), `operation ${operation}`).toEqual([]);
    expect(scenario.unexpected, `operation ${operation}`).toEqual([]);
    expect(await scenario.works(), `operation ${operation}`).toBe(true);
  }
});

test('a power cut at any file operation leaves all that was acknowledged and nothing torn, and so does another one in recovery', async () => {
  const survivals: readonly Survival[] = ['nothing', 'prefix', 'torn', 'pages'];
  const { from, to } = await operationsOf('fsync');
  for (let operation = from + 1; operation <= to; operation++) {
    const survival = survivals[operation % 4] ?? 'nothing';
    const scenario = new FaultScenario('fsync', operation);
    const { platform } = scenario.fixture;
    platform.files.powerOffAt(operation);
    await scenario.run();
    platform.crash(survival);
    scenario.reopen();
    expect(scenario.violations(), `${survival} at operation ${operation}`).toEqual([]);
    // And the power fails again while the next process has just begun.
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
    expect(await scenario.works(), `${survival} at operation ${operation}`).toBe(true);
  }
});

test('with durability=page-cache the end of the process at any file operation loses nothing that was acknowledged', async () => {
  const { from, to } = await operationsOf('page-cache');
  for (let operation = from + 1; operation <= to; operation += 2) {
    const scenario = new FaultScenario('page-cache', operation);
    scenario.fixture.platform.files.powerOffAt(operation);
    await scenario.run();
    scenario.fixture.platform.crash('everything');
    scenario.reopen();
    expect(scenario.violations(), `operation ${operation}`).toEqual([]);
    expect(scenario.unexpected, `operation ${operation}`).toEqual([]);
  }
});
