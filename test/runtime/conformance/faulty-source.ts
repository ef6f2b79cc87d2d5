// A source that is right with fault=none, and wrong in the way that `fault` names. Loaded by isolated tasks as well.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { defineSource, describeSource, RetriableError } from '../../../runtime/plugin/index.ts';

/** What it can do wrong, and the checks that have to see it. */
export const sourceFaults = {
  'skips a row at a resume': ['resume', 'sigkill'],
  'stores the position of the next batch': ['resume'],
  'stores the position of the last batch': ['resume'],
  'forgets the last row': ['delivery'],
  'repeats a row': ['delivery'],
  'swaps two rows': ['order'],
  'keeps its position in memory': ['resume'],
  'reads ahead': ['back-pressure'],
  'logs the secret': ['secrets'],
  'throws the secret': ['secrets'],
  'prints the secret': ['secrets'],
  'does not stop': ['stop'],
  'changes its config': ['untouched'],
  'leaves a file open': ['handles'],
  'drops what it cannot read': ['poison', 'tolerance'],
  'ends at what it cannot read': ['poison'],
  'gives records for nothing': ['empty'],
  'sees only what was there at first': ['append'],
} as const;

let positionInMemory = 0;
const kept: unknown[] = [];

const config = {
  type: 'object',
  required: ['file'],
  properties: {
    file: { type: 'string', minLength: 1, description: 'A file of numbers, one a line.' },
    topic: { type: 'string', default: '', description: 'Where the rows go.' },
    fault: { enum: ['none', ...Object.keys(sourceFaults)], default: 'none', description: 'What is wrong.' },
    password: { type: 'string', format: 'secret', description: 'It is of no use.' },
  },
} as const;

/**
 * Reads a file of numbers.
 * @public Loaded by isolated tasks.
 */
export const source = defineSource({
  name: 'faulty-source',
  version: '1.0.0',
  config,
  async *read(config, { position }, ctx) {
    const is = (fault: keyof typeof sourceFaults): boolean => config.fault === fault;
    const secret = config.password?.reveal();
    if (is('logs the secret')) ctx.log.debug({ url: `http://user:${secret}@host` }, 'connecting');
    if (is('prints the secret')) process.stdout.write(`${secret}\n`);
    if (is('throws the secret') && secret !== undefined)
      throw new RetriableError('no', { cause: { secret } });
    if (is('changes its config')) Object.assign(config, { topic: 'other' });
    if (is('leaves a file open')) kept.push(await open(config.file));
    let next = is('keeps its position in memory') ? positionInMemory : Number(position ?? 0);
    if (is('skips a row at a resume') && position !== undefined) next++;
    const first = linesOf(config.file).length;
    if (is('gives records for nothing') && first === 0) yield { records: [{ value: '99' }], position: 0 };
    // More than the process can let go of meanwhile, which would hide it. The system gives no memory for zeros.
    if (is('reads ahead')) kept.push(linesOf(config.file), Buffer.alloc(2 ** 30));
    while (!ctx.signal.aborted || is('does not stop')) {
      const lines = linesOf(config.file).slice(next, next + 10);
      if (is('sees only what was there at first') && next >= first) {
        await ctx.sleep(5);
        continue;
      }
      if (lines.length === 0) {
        if (is('does not stop')) await new Promise((resolve) => setTimeout(resolve, 5));
        else await ctx.sleep(5);
        continue;
      }
      const before = next;
      next += lines.length;
      positionInMemory = next;
      const good = lines.filter((line) => line !== 'poison');
      const bad = lines.filter((line) => line === 'poison');
      if (is('ends at what it cannot read') && bad.length > 0) return;
      if (is('forgets the last row') && next >= 40) good.pop();
      if (is('repeats a row')) good.push(good.at(-1) ?? '');
      if (is('swaps two rows')) good.reverse();
      const wrong = is('stores the position of the next batch') ? next + 10 : before;
      yield {
        records: good.map((value) => ({ value })),
        position:
          is('stores the position of the next batch') || is('stores the position of the last batch')
            ? wrong
            : next,
        unreadable: is('drops what it cannot read')
          ? []
          : bad.map((line) => ({ error: new Error(`${line} is no number`), raw: Buffer.from(line) })),
      };
    }
  },
});

function linesOf(file: string): readonly string[] {
  return readFileSync(file, 'utf8').split('\n').slice(0, -1);
}

/** Describes it with a fault. */
export function faultySource(fault: string) {
  return describeSource({
    plugin: source,
    module: import.meta.url,
    prepare: ({ folder }) => {
      positionInMemory = 0;
      const file = join(folder, 'numbers.txt');
      writeFileSync(file, '');
      return file;
    },
    config: (file, { topic }) => ({ file, topic, fault }),
    secrets: [{ password: '${canary}' }],
    write: (file, first, count) =>
      appendFileSync(file, Array.from({ length: count }, (_, index) => `${first + index}\n`).join('')),
    rowOf: ({ value }) => Number(value),
    poison: (file) => appendFileSync(file, 'poison\n'),
  });
}
