import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BatchMemory } from '../../../kafka/client/producer/batch-memory.ts';
import { PartitionQueue, type ProducerIdentity } from '../../../kafka/client/producer/partition-queue.ts';
import { mayBeWritten, reactionTo } from '../../../kafka/client/producer/produce-reaction.ts';
import type { ProducerBatch, Sequence } from '../../../kafka/client/producer/producer-batch.ts';
import { ErrorCode } from '../../../kafka/protocol/index.ts';
import { batchHeader } from '../../../kafka/records/index.ts';
import { IdempotentLog } from './idempotent-log.ts';

const identity: ProducerIdentity = { producerId: 9, producerEpoch: 0 };
const packing = { codec: 'none', level: undefined } as const;
const NEVER = Number.POSITIVE_INFINITY;

function queueOf(
  options: { lingerMs?: number; isIdempotent?: boolean; batchBytes?: number } = {},
): PartitionQueue {
  return new PartitionQueue('t', 0, { batchBytes: 1_000, lingerMs: 0, isIdempotent: true, ...options });
}

/** Each call makes a batch of its own. */
function append(queue: PartitionQueue, ...values: string[]): ProducerBatch {
  const batch = queue.begin(0);
  for (const value of values) queue.append(0, null, Buffer.from(value), undefined, undefined);
  return batch;
}

interface Sent {
  readonly batch: ProducerBatch;
  readonly bytes: Buffer;
  readonly sequence: Sequence | undefined;
}

function take(queue: PartitionQueue): Sent {
  const taken = queue.take(identity);
  if (taken === undefined) throw new Error('nothing to take');
  return { ...taken, bytes: taken.batch.pack(packing, taken.sequence) };
}

describe('an idempotent partition', () => {
  test('numbers its records on from batch to batch', () => {
    const queue = queueOf();
    append(queue, 'a', 'b');
    append(queue, 'c');
    expect(take(queue).sequence).toEqual({ ...identity, baseSequence: 0 });
    expect(take(queue).sequence).toEqual({ ...identity, baseSequence: 2 });
  });

  test('has at most five batches under way', () => {
    const queue = queueOf();
    for (let index = 0; index < 7; index += 1) append(queue, 'a');
    const sent = [take(queue), take(queue), take(queue), take(queue), take(queue)];
    expect(queue.sendableAtMs(false)).toBe(NEVER);
    queue.succeeded((sent[0] as Sent).batch);
    expect(queue.sendableAtMs(false)).toBe(0);
  });

  test('repeats the very same bytes, and sends nothing new before that', () => {
    const queue = queueOf();
    append(queue, 'a');
    append(queue, 'b');
    const first = take(queue);
    append(queue, 'c');
    queue.retry(first.batch, 50);
    expect(queue.sendableAtMs(false)).toBe(50);
    const again = take(queue);
    expect(again.batch).toBe(first.batch);
    expect(again.bytes).toEqual(first.bytes);
  });

  test('waits for what is under way before it repeats, and repeats in order', () => {
    const queue = queueOf();
    for (const value of ['a', 'b', 'c']) append(queue, value);
    const [a, b, c] = [take(queue), take(queue), take(queue)];
    queue.retry(b.batch, 0);
    expect(queue.sendableAtMs(false)).toBe(NEVER);
    queue.retry(a.batch, 0);
    queue.outOfSequence(c.batch, 0);
    expect([take(queue).batch, queue.sendableAtMs(false)]).toEqual([a.batch, NEVER]);
    queue.succeeded(a.batch);
    expect(take(queue).batch).toBe(b.batch);
    queue.succeeded(b.batch);
    expect(take(queue).sequence).toEqual(c.sequence);
  });

  test('goes on with a higher epoch from 0 when the first open batch is out of sequence', () => {
    const queue = queueOf();
    append(queue, 'a', 'b');
    append(queue, 'c');
    const [a, b] = [take(queue), take(queue)];
    queue.outOfSequence(a.batch, 0);
    queue.outOfSequence(b.batch, 0);
    const again = take(queue);
    expect(again.sequence).toEqual({ producerId: 9, producerEpoch: 1, baseSequence: 0 });
    expect(batchHeader.producerEpoch(again.bytes, 0)).toBe(1);
    expect(batchHeader.isCrcValid(again.bytes, 0)).toBe(true);
    queue.succeeded(again.batch);
    expect(take(queue).sequence).toEqual({ producerId: 9, producerEpoch: 1, baseSequence: 2 });
  });

  test('asks for another producer id when its epochs are used up', () => {
    const queue = queueOf();
    append(queue, 'a');
    const sent = queue.take({ producerId: 9, producerEpoch: 0x7fff });
    queue.outOfSequence((sent as Sent).batch, 0);
    expect(queue.isIdentityUsedUp).toBe(true);
    expect(queue.take({ producerId: 10, producerEpoch: 0 })?.sequence).toEqual({
      producerId: 10,
      producerEpoch: 0,
      baseSequence: 0,
    });
    expect(queue.isIdentityUsedUp).toBe(false);
  });

  test('leaves no gap behind a batch that was refused for good', () => {
    const queue = queueOf();
    append(queue, 'a');
    queue.giveUp(take(queue).batch);
    append(queue, 'b');
    expect(take(queue).sequence).toEqual({ producerId: 9, producerEpoch: 1, baseSequence: 0 });
  });

  test('keeps the sequence after a batch that may be in the log', () => {
    const queue = queueOf();
    append(queue, 'a');
    const { batch } = take(queue);
    batch.isPossiblyWritten = true;
    queue.giveUp(batch);
    append(queue, 'b');
    expect(take(queue).sequence).toEqual({ ...identity, baseSequence: 1 });
  });

  test('hands the sequence of a batch that was too large on to its halves', () => {
    const queue = queueOf();
    append(queue, 'a', 'b', 'c');
    append(queue, 'd');
    const large = take(queue);
    const later = take(queue);
    expect(queue.tooLarge(large.batch)?.map(({ recordCount }) => recordCount)).toEqual([1, 2]);
    queue.outOfSequence(later.batch, 0);
    const order: (number | undefined)[] = [];
    for (let index = 0; index < 3; index += 1) {
      const sent = take(queue);
      order.push(sent.sequence?.baseSequence);
      queue.succeeded(sent.batch);
    }
    expect(order).toEqual([0, 1, 3]);
  });

  test('does not split a single record', () => {
    const queue = queueOf();
    append(queue, 'a');
    expect(queue.tooLarge(take(queue).batch)).toBeUndefined();
  });
});

describe('the memory of a large batch', () => {
  const large = 'x'.repeat(80_000);

  /** Sends batches one after another; the memory that each was built in. */
  function memories(count: number, settle: (queue: PartitionQueue, batch: ProducerBatch) => void): unknown[] {
    const queue = new PartitionQueue('t', 0, {
      batchBytes: 100_000,
      lingerMs: 0,
      isIdempotent: true,
      memory: new BatchMemory(100_000),
    });
    return Array.from({ length: count }, () => {
      append(queue, large);
      const sent = take(queue);
      expect(sent.bytes.length).toBeGreaterThan(large.length);
      settle(queue, sent.batch);
      return sent.bytes.buffer;
    });
  }

  test('is used again when the broker has acknowledged it', () => {
    const [, second, third, fourth] = memories(4, (queue, batch) => queue.succeeded(batch));
    expect([third === second, fourth === second]).toEqual([true, true]);
  });

  test('is used again for batches that are much smaller than they may be', () => {
    const memory = new BatchMemory(1_000_000);
    const first = memory.take(large.length);
    if (first === undefined) throw new Error('no memory');
    memory.give(first);
    expect(memory.take(large.length)).toBe(first);
    expect(memory.take(10_000)).toBeUndefined();
  });

  test('is left alone when nobody has acknowledged it', () => {
    const used = memories(4, (queue, batch) => queue.succeeded(batch, false));
    expect(new Set(used).size).toBe(4);
  });

  test('is left alone when it was sent more than once: a broken connection may still hold it', () => {
    const used = memories(4, (queue, batch) => {
      queue.retry(batch, 0);
      queue.succeeded(take(queue).batch);
    });
    expect(new Set(used).size).toBe(4);
  });

  test('is left alone when it has failed', () => {
    const used = memories(4, (queue, batch) => queue.giveUp(batch));
    expect(new Set(used).size).toBe(4);
  });
});

describe('an open batch', () => {
  test('is sent when it has waited, or at once when somebody flushes', () => {
    const queue = queueOf({ lingerMs: 20 });
    queue.begin(100);
    expect(queue.sendableAtMs(false)).toBe(120);
    expect(queue.sendableAtMs(true)).toBe(0);
  });

  test('is sent at once when another one follows it', () => {
    const queue = queueOf({ lingerMs: 20 });
    append(queue, 'a');
    append(queue, 'b');
    expect(queue.sendableAtMs(false)).toBe(0);
  });

  test('takes no more than its size', () => {
    const queue = queueOf({ batchBytes: 200 });
    expect(queue.hasRoom(10)).toBe(false);
    append(queue, 'x'.repeat(100));
    expect([queue.hasRoom(10), queue.hasRoom(100)]).toEqual([true, false]);
  });
});

test('without idempotence batches have no sequence, and repeats still keep the order', () => {
  const queue = queueOf({ isIdempotent: false });
  append(queue, 'a');
  append(queue, 'b');
  const a = queue.take(undefined);
  const b = queue.take(undefined);
  expect([a?.sequence, b?.sequence]).toEqual([undefined, undefined]);
  queue.retry((b as Sent).batch, 0);
  queue.retry((a as Sent).batch, 0);
  expect(queue.take(undefined)?.batch).toBe(a?.batch);
});

/** What goes wrong with a request, and what the broker answers instead of carrying it out. */
const accidents = ['none', 'none', 'none', 'lost request', 'lost answer', 'not leader', 'refused'] as const;
type Accident = (typeof accidents)[number];

/**
 * Runs a queue against a log that keeps Kafka's rules: each step appends a batch, sends one, or lets the oldest request
 * meet its fate. A lost connection takes all that is under way with it. Some batches are too large, always.
 */
function run(
  steps: readonly { readonly step: number; readonly accident: Accident; readonly isLarge: boolean }[],
) {
  const queue = queueOf();
  const log = new IdempotentLog();
  const given: string[] = [];
  const succeeded: string[] = [];
  const failed: string[] = [];
  const onWire: Sent[] = [];
  const valuesOf = new Map<ProducerBatch, string[]>();
  const large = new Set<ProducerBatch>();
  const settle = (batch: ProducerBatch, to: string[]) => to.push(...(valuesOf.get(batch) ?? []));
  const react = ({ batch }: Sent, code: number) => {
    if (mayBeWritten(code)) batch.isPossiblyWritten = true;
    const reaction = reactionTo(code);
    if (reaction === 'done') {
      queue.succeeded(batch);
      settle(batch, succeeded);
    } else if (reaction === 'retry') queue.retry(batch, 0);
    else if (reaction === 'out-of-sequence') queue.outOfSequence(batch, 0);
    else {
      const parts = reaction === 'too-large' ? queue.tooLarge(batch) : undefined;
      const values = valuesOf.get(batch) ?? [];
      if (parts === undefined) {
        queue.giveUp(batch);
        settle(batch, failed);
      } else {
        valuesOf.set(parts[0] as ProducerBatch, values.slice(0, parts[0]?.recordCount));
        valuesOf.set(parts[1] as ProducerBatch, values.slice(parts[0]?.recordCount));
      }
    }
  };
  const lose = () => {
    for (const sent of onWire.splice(0)) react(sent, ErrorCode.NETWORK_EXCEPTION);
  };
  const fate = (accident: Accident) => {
    const sent = onWire[0];
    if (sent === undefined) return;
    if (accident === 'lost request') return lose();
    const isLarge = large.has(sent.batch);
    if (accident === 'lost answer') {
      if (!isLarge) log.append(sent.bytes);
      return lose();
    }
    onWire.shift();
    if (isLarge) return react(sent, ErrorCode.MESSAGE_TOO_LARGE);
    if (accident === 'not leader') return react(sent, ErrorCode.NOT_LEADER_OR_FOLLOWER);
    if (accident === 'refused') return react(sent, ErrorCode.INVALID_RECORD);
    react(sent, log.append(sent.bytes));
  };
  const send = () => {
    if (queue.sendableAtMs(true) === 0) onWire.push(take(queue));
  };
  for (const { step, accident, isLarge } of steps) {
    if (step === 0) {
      const values = [`${given.length}`, `${given.length + 1}`];
      given.push(...values);
      const batch = append(queue, ...values);
      valuesOf.set(batch, values);
      if (isLarge) large.add(batch);
    } else if (step === 1) send();
    else fate(accident);
  }
  while (queue.hasUnsent || onWire.length > 0) {
    send();
    fate('none');
  }
  return { log, given, succeeded, failed };
}

test('whatever goes wrong, each record that succeeded is in the log once, in order, and nothing is forgotten', () => {
  const step = fc.record({
    step: fc.integer({ min: 0, max: 2 }),
    accident: fc.constantFrom(...accidents),
    isLarge: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const { log, given, succeeded, failed } = run(steps);
      expect([...succeeded, ...failed].sort()).toEqual(given.toSorted());
      const found = log.values.filter((value) => succeeded.includes(value));
      expect(found).toEqual(succeeded.toSorted((a, b) => Number(a) - Number(b)));
      expect(new Set(log.values).size).toBe(log.values.length);
    }),
    { numRuns: 1_000 },
  );
});
