import { expect, test } from 'vitest';
import { source as datagen } from '../../../connectors/datagen/index.ts';
import { validateConnector, workerSettings } from '../../../runtime/config/index.ts';
import { registryOf } from '../herder/cluster.ts';

test('a rule of the plugin is told with what to do about it', () => {
  const plugins = registryOf([datagen]);
  const config = { name: 'x', 'connector.class': 'datagen', topic: 't', quickstart: 'nope' };
  const report = validateConnector(datagen, config, { plugins, worker: workerSettings({}) });
  const errors = report.configs.flatMap(({ value }) => value?.errors ?? []);
  expect(report.error_count).toBe(1);
  expect(errors).toEqual([
    expect.stringMatching(/^There is no quickstart "nope"\. Choose from clickstream, /),
  ]);
});
