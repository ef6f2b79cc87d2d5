import { expect, test } from 'vitest';
import { ManualClock } from '../../../platform/simulation/manual-clock.ts';
import { RunOutput } from '../../../runtime/cli/run-output.ts';
import type { ConnectorReport } from '../../../runtime/worker.ts';

type TaskReport = ConnectorReport['tasks'][number];

/** A control sequence, or a character. */
const token = new RegExp(`${'\x1b'}\\[\\d*[A-Z]|[\\s\\S]`, 'g');

/** What a terminal shows after the output: line feeds, carriage returns, cursor up, and erasing to the end. */
class Screen {
  isTTY = true;
  columns = 80;
  rows = 24;
  lines: string[] = [''];
  #row = 0;
  #column = 0;

  write(text: string): void {
    for (const [each] of text.matchAll(token)) this.#take(each);
  }

  #take(token: string): void {
    const line = this.lines[this.#row] ?? '';
    if (token === '\n') {
      this.#row += 1;
      this.#column = 0;
      this.lines[this.#row] ??= '';
    } else if (token === '\r') this.#column = 0;
    else if (token === '\x1b[J') this.lines.splice(this.#row, Infinity, line.slice(0, this.#column));
    else if (token.startsWith('\x1b[') && token.endsWith('A')) this.#row -= Number(token.slice(2, -1));
    else {
      this.lines[this.#row] = line.slice(0, this.#column) + token + line.slice(this.#column + 1);
      this.#column += 1;
    }
  }
}

/** Lines of JSON. */
class Pipe {
  text = '';

  write(text: string): void {
    this.text += text;
  }

  get events(): Record<string, unknown>[] {
    const lines = this.text.split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

const report = (name: string, recordsRead: number, state = 'RUNNING'): ConnectorReport => ({
  name,
  type: name === 'in' ? 'source' : 'sink',
  state,
  error: undefined,
  tasks: [
    {
      task: 0,
      state,
      recordsRead,
      recordsWritten: recordsRead,
      recordsFiltered: 0,
      recordsSkipped: 0,
      recordsDeadLettered: 0,
      retries: 0,
      lag: 0,
    } as unknown as TaskReport,
  ],
});

test('on a terminal progress stays where it is, and is at last replaced by the totals', () => {
  const clock = new ManualClock();
  const screen = new Screen();
  const output = new RunOutput(screen, clock);
  let read = 0;
  output.started('127.0.0.1:9092', ['in', 'out']);
  output.follow(() => [report('in', read), report('out', read / 2)]);
  for (read = 10; read < 40; read += 10) clock.advance(250);
  expect(screen.lines).toEqual([
    'Kafka 127.0.0.1:9092 (Ctrl-C stops)',
    'in   30 read  40/s',
    'out  15 read  20/s',
    '',
  ]);
  output.finished([report('in', 40), report('out', 40)], 'done', ['a note']);
  expect(screen.lines).toEqual([
    'Kafka 127.0.0.1:9092 (Ctrl-C stops)',
    'connector  read  written  dead-lettered',
    'in           40       40              0',
    'out          40       40              0',
    'a note',
    'done after 0.8 s',
    '',
  ]);
  expect(clock.pending).toBe(0);
});

test('notes and failures stand above the progress, each failure once', () => {
  const clock = new ManualClock();
  const screen = new Screen();
  const output = new RunOutput(screen, clock);
  output.follow(() => [report('in', 1)]);
  clock.advance(250);
  output.failed('out', 0, 'there is no table');
  output.failed('out', 0, 'there is no table');
  output.failed('out', undefined, 'wrong config');
  clock.advance(250);
  output.note('stopping');
  clock.advance(250);
  expect(screen.lines).toEqual([
    'out task 0 failed: there is no table',
    'out failed: wrong config',
    'stopping',
    'in  1 read  0/s',
    '',
  ]);
});

test('what the terminal echoes between does not stay', () => {
  const clock = new ManualClock();
  const screen = new Screen();
  const output = new RunOutput(screen, clock);
  output.follow(() => [report('in', 1)]);
  clock.advance(250);
  screen.write('^C');
  output.note('stopping');
  expect(screen.lines).toEqual(['stopping', '']);
});

test('progress fits in the terminal, also in one that does not know its size', () => {
  const clock = new ManualClock();
  const screen = new Screen();
  const names = Array.from({ length: 30 }, (_, i) => `connector-${i}`);
  const output = new RunOutput(screen, clock);
  output.follow(() => names.map((name) => report(name, 1)));
  Object.assign(screen, { columns: 12, rows: 5 });
  clock.advance(250);
  expect(screen.lines).toEqual(['connector-0', 'connector-1', 'connector-2', '...', '']);
  Object.assign(screen, { columns: 0, rows: 0 });
  clock.advance(250);
  expect(screen.lines).toHaveLength(24);
  expect(screen.lines.slice(-3)).toEqual(['connector-21  1 read  0/s', '...', '']);
});

test('elsewhere each event is a line of JSON', () => {
  const clock = new ManualClock();
  const pipe = new Pipe();
  const output = new RunOutput(pipe, clock);
  output.started('127.0.0.1:9092', ['in']);
  let read = 0;
  output.follow(() => [report('in', read)]);
  for (read = 1; read < 3; read++) clock.advance(5_000);
  output.failed('in', 0, 'no');
  output.note('so it is');
  output.finished([report('in', 9)], 'failed', ['a note']);
  clock.advance(60_000);
  const time = expect.stringMatching(/^2026-01-01T00:00:/);
  const figures = { written: 2, filtered: 0, skipped: 0, deadLettered: 0, retries: 0, lag: 0 };
  const running = { type: 'source', state: 'RUNNING', ...figures };
  expect(pipe.events).toEqual([
    { time, event: 'started', kafka: '127.0.0.1:9092', connectors: ['in'] },
    { time, event: 'progress', connector: 'in', ...running, read: 1, written: 1, readPerSecond: 0 },
    { time, event: 'progress', connector: 'in', ...running, read: 2, readPerSecond: 0 },
    { time, event: 'failed', connector: 'in', task: 0, message: 'no' },
    { time, event: 'note', message: 'so it is' },
    { time, event: 'note', message: 'a note' },
    {
      time,
      event: 'finished',
      connector: 'in',
      type: 'source',
      ...figures,
      read: 9,
      written: 9,
      outcome: 'failed',
    },
    { time, event: 'ended', outcome: 'failed', elapsedMs: 10_000 },
  ]);
});
