import { expect, test } from 'vitest';
import { silentLogger } from '../../platform/logger.ts';
import { systemPlatform } from '../../platform/system-platform.ts';
import { Ear, eventually } from './ear.ts';

test('the system platform is made of parts that work', async () => {
  const { clock, entropy, net, files, executor, logger } = systemPlatform(silentLogger);
  const ear = new Ear();
  const listener = await net.listen({ host: '127.0.0.1', port: 0 }, () => ear);
  const client = await net.connect(listener.endpoint, () => new Ear());
  client.write([Buffer.from('hello')]);
  await eventually(() => ear.text === 'hello');
  client.destroy();
  await listener.close();

  const task = new URL('./tasks/arithmetic.ts', import.meta.url);
  expect(await executor.run(task, { numbers: [1, 2] })).toBe(3);
  await executor.close();

  expect(files.stat(import.meta.dirname)?.isDirectory).toBe(true);
  expect(new Set([entropy.u32(), entropy.u32(), entropy.u32()]).size).toBeGreaterThan(1);
  expect(clock.now()).toBeGreaterThan(Date.UTC(2024, 0));
  expect(logger).toBe(silentLogger);
});
