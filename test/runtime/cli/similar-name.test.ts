import { expect, test } from 'vitest';
import { similarName } from '../../../runtime/cli/similar-name.ts';

const names = ['run', 'start', 'broker', 'lint', 'kafka-topics', 'kafka-console-producer'];

test.each([
  ['strat', 'start'],
  ['brokr', 'broker'],
  ['topics', 'kafka-topics'],
  ['kafka-topic', 'kafka-topics'],
  ['kafka-console-consumer', undefined],
  ['console-producer', 'kafka-console-producer'],
  ['ru', 'run'],
  ['x', undefined],
  ['', undefined],
  ['serve', undefined],
])('for %s it is %s', (given, meant) => {
  expect(similarName(given, names)).toBe(meant);
});
