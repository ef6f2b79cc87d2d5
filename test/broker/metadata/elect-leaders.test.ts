import { expect, test } from 'vitest';
import { decideElectLeaders } from '../../../broker/metadata/index.ts';
import { World } from './world.ts';

test('an election of nothing is no error, whatever its type', () => {
  const elect = (topicPartitions: readonly { topic: string; partitions: readonly number[] }[] | null) =>
    decideElectLeaders(new World().image, { electionType: 9, topicPartitions }).response.errorCode;
  expect([elect([]), elect(null), elect([{ topic: 'a', partitions: [0] }])]).toEqual([0, 42, 42]);
});
