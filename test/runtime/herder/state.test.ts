import fc from 'fast-check';
import { expect, test } from 'vitest';
import { simulatedPlatform } from '../../../platform/simulation/simulated-platform.ts';
import {
  type ConfigRecord,
  connectorRecords,
  deletionRecords,
  emptyConfigState,
  replayConfig,
  targetRecord,
  taskRecords,
} from '../../../runtime/herder/config-state.ts';
import { canonicalJson } from '../../../runtime/herder/json.ts';
import { LoggerLevels } from '../../../runtime/herder/logger-levels.ts';
import { unwrapped, wrapped } from '../../../runtime/herder/source-offsets.ts';
import {
  connectorStatusRecord,
  emptyStatusState,
  replayStatus,
  taskStatusRecord,
  topicTombstone,
  topicUseRecord,
} from '../../../runtime/herder/status.ts';
import { groupsOf } from '../../../runtime/herder/task-plan.ts';
import type { JsonValue } from '../../../runtime/plugin/index.ts';

const fold = (records: readonly ConfigRecord[]) => records.reduce(replayConfig, emptyConfigState());

/** What a state means to the herder: the connectors that exist. */
const meaning = (records: readonly ConfigRecord[]) =>
  Object.fromEntries(
    [...fold(records).entries]
      .filter(([, { config }]) => config !== undefined)
      .map(([name, { config, target, tasks }]) => [name, { config, target, tasks }]),
  );

test('records have the keys and values of Kafka Connect', () => {
  expect([
    ...connectorRecords('c', { a: '1' }, 'STOPPED'),
    ...taskRecords('c', [{ t: '0' }, { t: '1' }]),
    targetRecord('c', 'PAUSED'),
    ...deletionRecords('c'),
  ]).toEqual([
    { key: 'target-state-c', value: { state: 'PAUSED', 'state.v2': 'STOPPED' } },
    { key: 'connector-c', value: { properties: { a: '1' } } },
    { key: 'task-c-0', value: { properties: { t: '0' } } },
    { key: 'task-c-1', value: { properties: { t: '1' } } },
    { key: 'commit-c', value: { tasks: 2 } },
    { key: 'target-state-c', value: { state: 'PAUSED', 'state.v2': 'PAUSED' } },
    { key: 'connector-c', value: null },
    { key: 'target-state-c', value: null },
  ]);
});

test('task configs count from their commit on, all or none', () => {
  const connector = connectorRecords('c-1', { a: '1' });
  const tasks = taskRecords('c-1', [{ t: '0' }, { t: '1' }]);
  expect(meaning([...connector, ...tasks.slice(0, 2)])).toMatchObject({ 'c-1': { tasks: [] } });
  expect(meaning([...connector, ...tasks])).toMatchObject({ 'c-1': { tasks: [{ t: '0' }, { t: '1' }] } });
  const incomplete = tasks.filter(({ key }) => key !== 'task-c-1-0');
  expect(meaning([...connector, ...tasks, ...incomplete])).toMatchObject({ 'c-1': { tasks: [] } });
});

test('tasks and commits that a deleted connector left behind do not bring it back', () => {
  const deleted = [...connectorRecords('c', {}), ...taskRecords('c', [{}]), ...deletionRecords('c')];
  expect(meaning(deleted)).toEqual({});
  expect(meaning([...deleted, ...taskRecords('c', [{}, {}])])).toEqual({});
  expect(meaning([...taskRecords('c', [{ old: '1' }]), ...connectorRecords('c', { n: '1' })])).toEqual({
    c: { config: { n: '1' }, target: 'STARTED', tasks: [] },
  });
});

test('records of older and other workers are understood or ignored, never an error', () => {
  expect(
    meaning([...connectorRecords('c', {}), { key: 'target-state-c', value: { state: 'PAUSED' } }]),
  ).toMatchObject({
    c: { target: 'PAUSED' },
  });
  const anything = fc.record({
    key: fc.oneof(
      fc.constantFrom(
        'connector-c',
        'task-c-0',
        'task-c',
        'task--1',
        'commit-c',
        'target-state-c',
        'session-key',
        '',
      ),
      fc.string(),
    ),
    value: fc.oneof(
      fc.constant(null),
      fc.dictionary(fc.constantFrom('properties', 'tasks', 'state', 'state.v2'), fc.jsonValue()),
    ),
  });
  fc.assert(fc.property(fc.array(anything), (records) => void fold(records as ConfigRecord[])));
});

test('reading the compacted topic gives the state that reading all of it gives', () => {
  const name = fc.constantFrom('a', 'b');
  const change = fc.oneof(
    name.chain((each) => fc.nat(3).map((n) => connectorRecords(each, { n: String(n) }))),
    name.map((each) => deletionRecords(each)),
    name.chain((each) =>
      fc
        .constantFrom('STARTED' as const, 'PAUSED' as const, 'STOPPED' as const)
        .map((to) => [targetRecord(each, to)]),
    ),
  );
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const records = changes.flat();
      const compacted = records.filter(
        ({ key }, index) => records.findLastIndex((other) => other.key === key) === index,
      );
      expect(meaning(compacted)).toEqual(meaning(records));
    }),
  );
});

test('a running connector keeps its tasks through compaction when they were written after its config', () => {
  const counts = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(counts, (sizes) => {
      const rounds = sizes.map((size, round) =>
        taskRecords(
          'c',
          Array.from({ length: size }, (_, id) => ({ id: String(id), round: String(round) })),
        ),
      );
      const records = [...connectorRecords('c', {}), ...rounds.flat()];
      const compacted = records.filter(
        ({ key }, index) => records.findLastIndex((other) => other.key === key) === index,
      );
      const tasks = meaning(compacted)['c']?.tasks ?? [];
      expect(tasks).toEqual(meaning(records)['c']?.tasks);
      expect(tasks).toHaveLength(sizes.at(-1) ?? 0);
    }),
  );
});

test('statuses and topics are read back as they were written, and tombstones forget them', () => {
  const status = { state: 'FAILED', workerId: 'w:1', trace: 'boom', version: '1' } as const;
  const use = { topic: 't:connector-x', connector: 'a-b', task: 3, discoveredAt: 7 };
  const plain = { ...use, topic: 't' };
  const records = [
    connectorStatusRecord('a-b', status),
    taskStatusRecord('a-b', 12, status),
    topicUseRecord(plain),
  ];
  expect(records).toEqual([
    {
      key: 'status-connector-a-b',
      value: { state: 'FAILED', trace: 'boom', worker_id: 'w:1', generation: 0, version: '1' },
    },
    { key: 'status-task-a-b-12', value: records[0]?.value },
    {
      key: 'status-topic-t:connector-a-b',
      value: { topic: { name: 't', connector: 'a-b', task: 3, discoverTimestamp: 7 } },
    },
  ]);
  const state = records.reduce(replayStatus, emptyStatusState());
  expect(state.connectors.get('a-b')).toEqual(status);
  expect(state.tasks.get('a-b')?.get(12)).toEqual(status);
  expect(state.topics.get('a-b')?.get('t')).toEqual(plain);
  const tombstones = [
    connectorStatusRecord('a-b', undefined),
    taskStatusRecord('a-b', 12, undefined),
    topicTombstone(plain),
  ];
  tombstones.reduce(replayStatus, state);
  expect([state.connectors.size, state.tasks.get('a-b')?.size, state.topics.get('a-b')?.size]).toEqual([
    0, 0, 0,
  ]);
});

test('whatever a position is, it is stored as a map and read back unchanged', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const position = value as JsonValue;
      const stored = wrapped(position);
      expect(typeof stored === 'object' && stored !== null && !Array.isArray(stored)).toBe(true);
      expect(unwrapped(JSON.parse(JSON.stringify(stored)))).toEqual(JSON.parse(JSON.stringify(position)));
    }),
  );
  expect(wrapped({ position: 5 })).toEqual({ position: 5 });
});

test('the same partition with its keys in another order is the same partition', () => {
  expect(canonicalJson({ b: [1, { d: 1, c: null }], a: 'x' })).toBe('{"a":"x","b":[1,{"c":null,"d":1}]}');
  expect(canonicalJson({ a: 'x', b: [1, { c: null, d: 1 }] })).toBe('{"a":"x","b":[1,{"c":null,"d":1}]}');
});

test('partitions are spread in order over groups whose sizes differ by one at most', () => {
  fc.assert(
    fc.property(fc.array(fc.nat()), fc.integer({ min: 1, max: 8 }), (items, groupsMax) => {
      const groups = groupsOf(items, groupsMax);
      const sizes = groups.map(({ length }) => length);
      expect(groups.flat()).toEqual(items);
      expect(groups.length).toBe(Math.min(items.length, groupsMax));
      if (sizes.length > 0) expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});

test('a logger prints what its level lets through, set for it or for a name above it', () => {
  const { clock } = simulatedPlatform('levels');
  const lines: string[] = [];
  const print = (_fields: object, message: string) => void lines.push(message);
  const base = { debug: print, info: print, warn: print, error: print, child: () => base };
  const levels = new LoggerLevels(base, clock);
  const logger = levels.logger('a.b').child({ task: 1 });
  logger.debug({}, 'hidden');
  levels.set('a', 'TRACE');
  logger.debug({}, 'shown');
  levels.set('a.b', 'OFF');
  logger.error({}, 'silenced');
  expect(lines).toEqual(['shown']);
  expect(levels.logger('a.c') && levels.get('a.c').level).toBe('TRACE');
  const before = levels.get('a.b').last_modified;
  clock.advance(5);
  expect(levels.set('a.b', 'off')).toEqual([]);
  expect(levels.get('a.b').last_modified).toBe(before);
});
