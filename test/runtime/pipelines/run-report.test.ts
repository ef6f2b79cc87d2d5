import { expect, test } from 'vitest';
import { ManualClock } from '../../../platform/simulation/manual-clock.ts';
import {
  type ConnectorTotals,
  progressLines,
  Rates,
  summary,
  totalsOf,
} from '../../../runtime/pipelines/index.ts';
import type { ConnectorReport } from '../../../runtime/worker.ts';

type TaskReport = ConnectorReport['tasks'][number];

const task = (fields: Partial<TaskReport>): TaskReport =>
  ({
    task: 0,
    state: 'RUNNING',
    recordsRead: 0,
    recordsWritten: 0,
    recordsFiltered: 0,
    recordsSkipped: 0,
    recordsDeadLettered: 0,
    retries: 0,
    lag: 0,
    isExhausted: false,
    metrics: {},
    error: undefined,
    ...fields,
  }) as TaskReport;

const report = (fields: Partial<ConnectorReport>): ConnectorReport => ({
  name: 'in',
  type: 'source',
  state: 'RUNNING',
  error: undefined,
  tasks: [],
  ...fields,
});

const totals = (fields: Partial<ConnectorTotals>): ConnectorTotals => ({
  connector: 'in',
  type: 'source',
  state: 'RUNNING',
  read: 0,
  written: 0,
  filtered: 0,
  skipped: 0,
  deadLettered: 0,
  retries: 0,
  lag: 0,
  ...fields,
});

test("a connector's totals are the sums over its tasks", () => {
  const tasks = [
    task({ recordsRead: 5, recordsWritten: 3, recordsFiltered: 1, recordsDeadLettered: 1, lag: 7 }),
    task({ task: 1, recordsRead: 2, recordsWritten: 1, recordsSkipped: 1, retries: 4, lag: 1 }),
  ];
  expect(totalsOf([report({ tasks })])).toEqual([
    totals({ read: 7, written: 4, filtered: 1, skipped: 1, deadLettered: 1, retries: 4, lag: 8 }),
  ]);
});

test('a connector has failed as soon as one of its tasks has', () => {
  const tasks = [task({}), task({ task: 1, state: 'FAILED' })];
  expect(totalsOf([report({ tasks }), report({ state: 'PAUSED' })]).map(({ state }) => state)).toEqual([
    'FAILED',
    'PAUSED',
  ]);
});

test('rates are those of the last two seconds', () => {
  const clock = new ManualClock();
  const rates = new Rates(clock);
  const at = (read: number) => rates.update([totals({ read })]).get('in');
  expect(at(100)).toBe(0);
  expect(at(200)).toBe(0);
  clock.advance(500);
  expect(at(300)).toBe(400);
  clock.advance(500);
  expect(at(300)).toBe(200);
  clock.advance(1_000);
  expect(at(300)).toBe(100);
  clock.advance(1_000);
  expect(at(300)).toBe(0);
});

test('when looks are further apart than that, rates are those since the last', () => {
  const clock = new ManualClock();
  const rates = new Rates(clock);
  const seen = [0, 100, 400, 400].map((read) => {
    clock.advance(5_000);
    return rates.update([totals({ read })]).get('in');
  });
  expect(seen).toEqual([0, 20, 60, 0]);
});

test('a task that was started anew does not give a negative rate', () => {
  const clock = new ManualClock();
  const rates = new Rates(clock);
  rates.update([totals({ read: 100 })]);
  clock.advance(1_000);
  expect([...rates.update([totals({ read: 10 })]).values()]).toEqual([0]);
});

test('progress is a line per connector, with columns, and tells what is out of the ordinary', () => {
  const connectors = [
    totals({ read: 12_000, deadLettered: 3, lag: 9 }),
    totals({ connector: 'to-table', type: 'sink', read: 900, lag: 11_100, retries: 2 }),
    totals({ connector: 'out', type: 'sink', state: 'PAUSED', read: 5 }),
  ];
  const rates = new Map([
    ['in', 7_175.6],
    ['out', 1],
  ]);
  expect(progressLines(connectors, rates)).toEqual([
    'in        12,000 read  7,176/s  3 dead-lettered',
    'to-table     900 read      0/s  11,100 behind, 2 retries',
    'out            5 read      1/s  paused',
  ]);
  expect(progressLines([], rates)).toEqual([]);
});

test('the table at the end shows what there always is to tell', () => {
  const connectors = [
    totals({ read: 15_264, written: 15_261, deadLettered: 3 }),
    totals({ connector: 'to-table', type: 'sink', read: 15_261, written: 15_261 }),
  ];
  expect(summary(connectors).split('\n')).toEqual([
    'connector    read  written  dead-lettered',
    'in         15,264   15,261              3',
    'to-table   15,261   15,261              0',
  ]);
});

test('the table at the end has a column for each rare thing that happened, and for failures', () => {
  const connectors = [
    totals({ read: 10, written: 4, filtered: 6 }),
    totals({ connector: 'out', type: 'sink', state: 'FAILED', read: 4, retries: 12 }),
  ];
  expect(summary(connectors).split('\n')).toEqual([
    'connector  read  written  dead-lettered  filtered  retries',
    'in           10        4              0         6        0',
    'out           4        0              0         0       12  failed',
  ]);
  expect(summary([totals({ skipped: 1 })])).toContain('skipped');
});
