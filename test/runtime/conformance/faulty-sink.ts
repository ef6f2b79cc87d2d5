// A sink that is right with fault=none, and wrong in the way that `fault` names. Loaded by isolated tasks as well.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import {
  defineSink,
  describeSink,
  FatalError,
  isPlainObject,
  RecordError,
  RetriableError,
  type SinkRecord,
} from '../../../runtime/plugin/index.ts';

/** What it can do wrong, and the checks that have to see it. */
export const sinkFaults = {
  'resolves before it has written': ['commit', 'sigkill'],
  'flushes nothing': ['commit'],
  'forgets the last record of a batch': ['delivery', 'restart'],
  'writes a record twice': ['delivery'],
  'writes in another order': ['order'],
  'writes only ASCII': ['values'],
  'gives up at a passing failure': ['retry'],
  'takes poison': ['poison'],
  'refuses the wrong record': ['poison'],
  'fails at poison for ever': ['poison'],
  'commits past poison': ['tolerance'],
  'dies of a tombstone': ['tombstone'],
  'logs the secret': ['secrets'],
  'throws the secret': ['secrets'],
  'does not stop': ['stop'],
  'changes its config': ['untouched'],
  'leaves a file open': ['handles'],
  'says that it is idempotent': ['repeat'],
  'leaves out new fields': ['schema'],
  'replaces the file by what it knows of it': ['rebalance'],
  'ends with the first partition that goes': ['rebalance'],
} as const;

const config = {
  type: 'object',
  required: ['file'],
  properties: {
    file: { type: 'string', minLength: 1, description: 'A file of JSON, one row a line.' },
    fault: { enum: ['none', ...Object.keys(sinkFaults)], default: 'none', description: 'What is wrong.' },
    password: { type: 'string', format: 'secret', description: 'It is of no use.' },
  },
} as const;

interface Output {
  readonly file: string;
  readonly is: (fault: keyof typeof sinkFaults) => boolean;
  readonly secret: string | undefined;
  buffered: string;
  /** What it believes to be in the file. */
  known: string;
  isOver: boolean;
}

const kept: unknown[] = [];

/**
 * Appends rows to a file.
 * @public Loaded by isolated tasks.
 */
export const sink = defineSink({
  name: 'faulty-sink',
  version: '1.0.0',
  config,
  async open(config, ctx): Promise<Output> {
    const is = (fault: keyof typeof sinkFaults): boolean => config.fault === fault;
    const secret = config.password?.reveal();
    if (is('logs the secret')) ctx.log.info({ headers: { authorization: secret } }, 'opened');
    if (is('changes its config')) Object.assign(config, { more: true });
    if (is('leaves a file open')) kept.push(await open(config.file, 'a'));
    return { file: config.file, is, secret, buffered: '', known: contentOf(config.file), isOver: false };
  },
  async write(output, { records }) {
    const { is, file } = output;
    if (isFailing(file)) {
      if (is('gives up at a passing failure')) throw new Error('503');
      throw new RetriableError('503');
    }
    if (is('throws the secret') && output.secret !== undefined)
      throw new Error(`no access with ${output.secret}`);
    if (is('dies of a tombstone') && records.some(({ value }) => value === null))
      throw new FatalError('no value');
    const bad = records.flatMap((record, index) => (isPoison(record) && !is('takes poison') ? [index] : []));
    if (bad.length > 0 && is('fails at poison for ever')) throw new RetriableError('later, maybe');
    let good = records.filter((_, index) => !bad.includes(index)).filter(({ value }) => value !== null);
    if (is('writes in another order')) good = good.toReversed();
    if (is('forgets the last record of a batch')) good = good.slice(0, -1);
    if (is('writes a record twice')) good = [...good, ...good.slice(0, 1)];
    if (is('leaves out new fields'))
      good = good.filter(({ value }) => !isPlainObject(value) || value['more'] === undefined);
    const text = good.map((record) => lineOf(output, record)).join('');
    if (is('resolves before it has written')) setTimeout(() => appendLater(file, text), 60);
    else if (is('flushes nothing')) output.buffered += text;
    else if (is('replaces the file by what it knows of it')) {
      output.known += text;
      writeFileSync(file, output.known);
    } else if (output.isOver) return [];
    else appendFileSync(file, text);
    if (is('does not stop')) await new Promise(() => undefined);
    if (is('commits past poison')) return [];
    return bad.map(
      (index) =>
        new RecordError(
          is('refuses the wrong record') ? (index + 1) % records.length : index,
          `poison at ${index}`,
        ),
    );
  },
  async flush() {},
  async revoked(output) {
    output.isOver = output.is('ends with the first partition that goes');
  },
  close: (output) => {
    if (output.buffered !== '') appendFileSync(output.file, output.buffered);
  },
});

function contentOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** The folder may be gone by then. */
function appendLater(file: string, text: string): void {
  try {
    appendFileSync(file, text);
  } catch {
    // It is.
  }
}

function isPoison({ value }: SinkRecord): boolean {
  return value === 'poison';
}

function isFailing(file: string): boolean {
  return readTimes(`${file}.failures`, -1) > 0;
}

/** How often a write is still to fail; `change` is added. */
function readTimes(file: string, change: number): number {
  try {
    const left = readFileSync(file, 'utf8').length;
    appendFileSync(file, '');
    if (left > 0) truncate(file, Math.max(0, left + change));
    return left;
  } catch {
    return 0;
  }
}

function truncate(file: string, size: number): void {
  process.getBuiltinModule('node:fs').truncateSync(file, size);
}

function lineOf({ is }: Output, { value }: SinkRecord): string {
  const text = JSON.stringify(value);
  return `${is('writes only ASCII') ? text.replaceAll(/[^\x20-\x7e]/g, '?') : text}\n`;
}

/** Describes it with a fault. */
export function faultySink(fault: string) {
  return describeSink({
    plugin: sink,
    module: import.meta.url,
    prepare: ({ folder }) => join(folder, 'rows.json'),
    config: (file) => ({ file, fault }),
    secrets: [{ password: '${canary}' }],
    record: (row, text) => ({ value: { row, text } }),
    read: (file) =>
      contentOf(file)
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line))
        .map((value) => (value === 'poison' ? { row: -1 } : { row: value.row, text: value.text })),
    isIdempotent: fault === 'says that it is idempotent',
    poison: () => ({ value: 'poison' }),
    tombstone: () => ({ value: null }),
    change: (row, text) => ({ value: { row, text, more: 1 } }),
    fail: (file, times) => appendFileSync(`${file}.failures`, '.'.repeat(times)),
  });
}
