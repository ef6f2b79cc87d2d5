import { expect, test } from 'vitest';
import { decode, decodeResponseHeader, produceRequest, produceResponse } from '../../kafka/protocol/index.ts';
import type { Survival } from '../../platform/simulation/memory-content.ts';
import { simulatedPlatform } from '../../platform/simulation/simulated-platform.ts';
import { BrokerFixture, batchOf, produceBody } from './broker-fixture.ts';
import type { RawClient } from './raw-client.ts';

const IN_FLIGHT_MAX = 5;

interface Batch {
  readonly sequence: number;
  readonly values: readonly string[];
}

/** An idempotent producer as clients are: up to five batches on the way, after a lost connection all of them again, in order. */
class PersistentProducer {
  readonly acknowledged: { readonly value: string; readonly offset: number }[] = [];
  readonly #producerId: number;
  readonly #unanswered: Batch[] = [];
  readonly #sent = new Map<number, Batch>();
  #client: RawClient | undefined;
  #nextSequence = 0;
  errors: number[] = [];

  constructor(producerId: number) {
    this.#producerId = producerId;
  }

  connect(client: RawClient): void {
    this.#client = client;
    this.#sent.clear();
    for (const batch of this.#unanswered) this.#send(batch);
    void this.#receive(client);
  }

  /** Sends a new batch if there may be one more on the way. */
  produce(count: number): void {
    if (this.#client === undefined || this.#unanswered.length >= IN_FLIGHT_MAX) return;
    const sequence = this.#nextSequence;
    const batch = { sequence, values: Array.from({ length: count }, (_, i) => `${sequence + i}`) };
    this.#nextSequence += count;
    this.#unanswered.push(batch);
    this.#send(batch);
  }

  #send(batch: Batch): void {
    const fields = { producerId: this.#producerId, producerEpoch: 0, baseSequence: batch.sequence };
    const id =
      this.#client?.send(produceRequest, 9, produceBody('t', 0, batchOf(batch.values, fields))) ?? -1;
    this.#sent.set(id, batch);
  }

  async #receive(client: RawClient): Promise<void> {
    for (let frame = await client.nextFrame(); frame !== undefined; frame = await client.nextFrame()) {
      if (client !== this.#client) return;
      const { correlationId, bodyOffset } = decodeResponseHeader(produceResponse, 9, frame);
      const part = decode(produceResponse, 9, frame, bodyOffset).responses[0]?.partitionResponses[0];
      const batch = this.#sent.get(correlationId);
      if (part === undefined || batch === undefined) throw new Error('an answer to nothing');
      if (part.errorCode !== 0) {
        this.errors.push(part.errorCode);
        continue;
      }
      this.#unanswered.splice(this.#unanswered.indexOf(batch), 1);
      for (const [i, value] of batch.values.entries())
        this.acknowledged.push({ value, offset: part.baseOffset + i });
    }
  }
}

const survivals: readonly Survival[] = ['nothing', 'prefix', 'torn', 'pages', 'everything'];

for (const seed of [1, 2, 3, 4]) {
  test(`B1 B4: whatever was acknowledged is there in order and once after crashes at random moments (seed ${seed})`, async () => {
    const platform = simulatedPlatform(`crash ${seed}`);
    const fixture = await BrokerFixture.start({ 'log.flush.offset.checkpoint.interval.ms': '50' }, platform);
    const { entropy } = platform;
    await fixture.createTopic('t', 1, { 'internal.segment.bytes': String(400 + 300 * seed) });
    const producer = new PersistentProducer(await fixture.producerId());
    for (let life = 0; life < 8; life++) {
      producer.connect(await fixture.connect());
      for (let turn = entropy.below(120); turn > 0; turn--) {
        if (entropy.below(3) > 0) producer.produce(1 + entropy.below(4));
        if (entropy.below(10) === 0) platform.clock.advance(entropy.below(60));
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (life % 4 === 3) await fixture.restart();
      else await fixture.crash(survivals[entropy.below(survivals.length)] ?? 'nothing');
    }
    producer.connect(await fixture.connect());
    await platform.settle();
    producer.produce(1);
    await platform.settle();
    const records = await fixture.readAll('t');
    expect(producer.errors).toEqual([]);
    expect(records).toEqual(records.map((_, i) => `${i}:${i}`));
    expect(producer.acknowledged.map(({ offset, value }) => `${offset}:${value}`)).toEqual(records);
    expect(records.length).toBeGreaterThan(100);
  });
}
