// Connectors that misbehave on purpose, loaded by the worker and by isolated tasks alike.
import { Decimal, defineSink, defineSource, schemas } from '../../../runtime/plugin/index.ts';

const evil = {
  type: 'object',
  required: ['evil'],
  properties: {
    evil: { type: 'string' },
    topic: { type: 'string' },
    password: { type: 'string', format: 'secret' },
  },
} as const;

const spin = (): void => {
  for (;;);
};

const leak = (): void => {
  const kept: unknown[] = [];
  for (;;) kept.push({ text: `${kept.length}`.repeat(50), list: Array.from({ length: 100 }, (_, n) => n) });
};

function misbehave(kind: string): void {
  if (kind === 'spin') spin();
  if (kind === 'leak') leak();
  if (kind === 'exit') process.exit(3);
  if (kind === 'throw') throw new Error('thrown on purpose');
  if (kind === 'crash') setImmediate(() => JSON.parse('no json'));
}

/** Gives 20 numbers, then does what `evil` says. */
export const source = defineSource({
  name: 'evil-source',
  version: '1.0.0',
  config: evil,
  async *read(config, { position }, ctx) {
    const start = Number(position ?? 0);
    for (let n = start; n < 20; n += 5) {
      yield { records: Array.from({ length: 5 }, (_, i) => ({ value: n + i })), position: n + 5 };
    }
    if (config.evil === 'big') yield { records: [{ value: 'x'.repeat(100 << 20) }], position: 21 };
    if (config.evil === 'secret') {
      ctx.log.error({ config, text: `${config.password}` }, 'what the config is');
      throw new Error(`the password is ${config.password}, ${Object.keys(process.env).join()}`);
    }
    // Everything before it is on its way: give it the time to arrive.
    await ctx.sleep(100);
    misbehave(config.evil);
    if (config.evil === 'hang') await new Promise(() => undefined);
    while (!ctx.signal.aborted) await ctx.sleep(1_000);
  },
});

/** Misbehaves while it lists its partitions. */
export const lister = defineSource({
  name: 'evil-lister',
  version: '1.0.0',
  config: evil,
  partitions: async (config) => {
    misbehave(config.evil);
    return [{}];
  },
  async *read() {},
});

const rowSchema = schemas.struct({ n: schemas.int32(), price: schemas.decimal(2) });

/** Gives three records with schemas and every class of value. */
export const typed = defineSource({
  name: 'typed-source',
  version: '1.0.0',
  config: { type: 'object', properties: { topic: { type: 'string' } } },
  async *read(_config, { position }, ctx) {
    if (position !== undefined) return;
    ctx.metric('given', 3);
    yield {
      records: [0, 1, 2].map((n) => ({
        key: Buffer.from([n]),
        valueSchema: rowSchema,
        value: { n, price: new Decimal(BigInt(n * 100 + 5), 2) },
        headers: { n: String(n) },
      })),
      position: 3,
    };
  },
});

/** Misbehaves in the method that `evil` names as `<method>-<what>`, after it has written nothing. */
export const sink = defineSink({
  name: 'evil-sink',
  version: '1.0.0',
  config: evil,
  open: (config) => {
    if (config.evil.startsWith('open-')) misbehave(config.evil.slice(5));
    return config.evil;
  },
  write: async (kind, { records }) => {
    if (kind.startsWith('write-')) misbehave(kind.slice(6));
    if (kind === 'write-hang') await new Promise(() => undefined);
    if (records.length === 0) throw new Error('an empty batch');
  },
  flush: async (kind) => {
    if (kind.startsWith('flush-')) misbehave(kind.slice(6));
  },
  close: (kind) => {
    if (kind.startsWith('close-')) misbehave(kind.slice(6));
  },
});
