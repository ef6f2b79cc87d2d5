import { closeSessions, fetchInSession, fetchSome } from './records-fetch.ts';
import {
  deleteRecords,
  describeLogDirs,
  describeProducers,
  epochEnds,
  listOffsets,
} from './records-offsets.ts';
import { newProducer, produceInOrder, produceSilently, produceSome } from './records-produce.ts';
import { fetchWaiting } from './records-waits.ts';
import { type World, worldOf } from './records-world.ts';
import type { Walk } from './walk.ts';

/** Records that are produced, read, looked up by time and deleted, in topics of several kinds. */
export const recordsWalk: Walk = {
  name: 'records',
  about: 'Produce, Fetch, ListOffsets, DeleteRecords',
  count: 20,
  steps: 100,
  async take(wire, dice, prefix) {
    const world = await worldOf(wire, dice, prefix);
    for (let step = 0; step < recordsWalk.steps; step++) await dice.pick(questions)(world);
    await closeSessions(world);
  },
};

/** Each as often as its weight says. */
const questions = (
  [
    [produceSome, 6],
    [produceSilently, 1],
    [produceInOrder, 5],
    [newProducer, 1],
    [fetchSome, 4],
    [fetchInSession, 4],
    [fetchWaiting, 1],
    [listOffsets, 5],
    [deleteRecords, 2],
    [epochEnds, 1],
    [describeProducers, 1],
    [describeLogDirs, 1],
  ] as const
).flatMap(([question, weight]) =>
  Array.from({ length: weight }, (): ((world: World) => Promise<unknown>) => question),
);
