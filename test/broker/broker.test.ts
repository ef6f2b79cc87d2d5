import { expect, test } from 'vitest';
import { BrokerFixture, batchOf } from './broker-fixture.ts';

test('a broker serves what was produced', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  expect(await fixture.produce('t', batchOf(['a', 'b']))).toMatchObject({ errorCode: 0, baseOffset: 0 });
  expect(await fixture.readAll('t')).toEqual(['0:a', '1:b']);
});
