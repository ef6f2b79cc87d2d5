import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CoordinatorRecord } from '../../../broker/coordinator/coordinator-record.ts';
import { type Decision, NEEDS_PRODUCER_ID } from '../../../broker/transactions/decision.ts';
import type { Transaction, TransactionState } from '../../../broker/transactions/transaction.ts';
import { TransactionCoordinator } from '../../../broker/transactions/transaction-coordinator.ts';
import { decodeTransaction, encodeTransaction } from '../../../broker/transactions/transaction-record.ts';
import { ErrorCode } from '../../../kafka/protocol/index.ts';

const TIMEOUT_MS = 1000;
const EXPIRATION_MS = 10_000;
const ids = ['a', 'b'] as const;

/** Edges of Kafka's state machine between records; Empty also stands for an id that is not known. */
const edges: Readonly<Record<string, readonly TransactionState[]>> = {
  Empty: ['Empty', 'Ongoing', 'PrepareAbort', 'Dead'],
  Ongoing: ['Ongoing', 'PrepareCommit', 'PrepareAbort'],
  PrepareCommit: ['CompleteCommit'],
  PrepareAbort: ['CompleteAbort'],
  CompleteCommit: ['Empty', 'Ongoing', 'PrepareAbort', 'Dead'],
  CompleteAbort: ['Empty', 'Ongoing', 'PrepareAbort', 'Dead'],
};

/** What a producer knows of itself. */
interface Producer {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** A coordinator whose decisions are applied one after the other, and what clients and partitions have seen of it. */
class Machine {
  coordinator = new TransactionCoordinator();
  readonly log: CoordinatorRecord[] = [];
  readonly serverVersion: number;
  now = 1_000_000;
  /** All identities that were ever given to a producer, the last one last. */
  readonly given = new Map<string, Producer[]>(ids.map((id) => [id, []]));
  /** Identities below this are fenced by a later InitProducerId. */
  readonly fencedBelow = new Map<string, Producer>();
  /** How each transaction was decided and what was told to its producer, by its number. */
  readonly outcomes = new Map<number, 'commit' | 'abort'>();
  readonly #numbers = new Map<string, number>();
  #transactions = 0;
  #nextProducerId = 0;

  constructor(serverVersion: number, epoch: number) {
    this.serverVersion = serverVersion;
    for (const id of ids) {
      this.init(id, undefined);
      const transaction = this.of(id);
      if (transaction === undefined) continue;
      // Begins where epochs are soon used up, or not.
      this.carryOut({ transaction: { ...transaction, producerEpoch: epoch }, response: 0 });
      this.given.get(id)?.push({ producerId: transaction.producerId, producerEpoch: epoch });
    }
  }

  of(id: string): Transaction | undefined {
    return this.coordinator.transactions.get(id);
  }

  carryOut(decision: Decision<unknown>): void {
    const { transaction } = decision;
    if (transaction === undefined) return;
    const { transactionalId: id } = transaction;
    const before = this.of(id);
    this.#check(before, transaction);
    if (transaction.state === 'Ongoing' && before?.state !== 'Ongoing')
      this.#numbers.set(id, ++this.#transactions);
    // An abort of what was never begun is a transaction of its own.
    if (transaction.state.startsWith('Prepare') && before?.state !== 'Ongoing') {
      this.#numbers.set(id, ++this.#transactions);
    }
    if (transaction.state.startsWith('Prepare')) {
      const number = this.number(id);
      expect(this.outcomes.has(number)).toBe(false);
      this.outcomes.set(number, transaction.state === 'PrepareCommit' ? 'commit' : 'abort');
    }
    this.log.push(encodeTransaction(transaction, this.serverVersion));
    this.coordinator.apply(decision);
  }

  number(id: string): number {
    return this.#numbers.get(id) ?? 0;
  }

  newProducerId(): number {
    return this.#nextProducerId++;
  }

  init(id: string, expected: Producer | undefined): void {
    const decide = (newProducerId: number | undefined) =>
      this.coordinator.initProducerId({
        transactionalId: id,
        timeoutMs: TIMEOUT_MS,
        expected,
        newProducerId,
        serverVersion: this.serverVersion,
        now: this.now,
      });
    let decision = decide(undefined);
    if (decision === NEEDS_PRODUCER_ID) decision = decide(this.newProducerId());
    if (decision === NEEDS_PRODUCER_ID) throw new Error('asks again for a producer id');
    this.carryOut(decision);
    const { errorCode, ...producer } = decision.response;
    if (errorCode !== ErrorCode.NONE) return;
    this.given.get(id)?.push(producer);
    this.fencedBelow.set(id, producer);
  }

  add(id: string, producer: Producer, partition: number): void {
    const decision = this.coordinator.addPartitions(id, {
      ...producer,
      partitions: [{ topic: 't', partition }],
      clientVersion: this.serverVersion,
      now: this.now,
    });
    this.#checkFenced(id, producer, decision.response);
    this.carryOut(decision);
  }

  end(id: string, producer: Producer, result: 'commit' | 'abort', clientVersion: number): void {
    const decide = (newProducerId: number | undefined) =>
      this.coordinator.endTransaction(id, {
        ...producer,
        result,
        clientVersion,
        newProducerId,
        now: this.now,
      });
    let decision = decide(undefined);
    if (decision === NEEDS_PRODUCER_ID) decision = decide(this.newProducerId());
    if (decision === NEEDS_PRODUCER_ID) throw new Error('asks again for a producer id');
    this.#checkFenced(id, producer, decision.response.errorCode);
    this.carryOut(decision);
    const { errorCode, ...next } = decision.response;
    if (errorCode !== ErrorCode.NONE) return;
    // B46: who was told "yes" was told the truth.
    expect(this.outcomes.get(this.number(id))).toBe(result);
    if (clientVersion < 2) expect(next).toEqual({ producerId: -1, producerEpoch: -1 });
    else this.given.get(id)?.push(next);
  }

  complete(id: string): void {
    const transaction = this.of(id);
    const decision = transaction && this.coordinator.complete(transaction, this.now);
    if (decision !== undefined) this.carryOut(decision);
  }

  passTime(ms: number): void {
    this.now += ms;
    for (const id of this.coordinator.timedOut(this.now)) {
      const decide = (newProducerId: number | undefined) =>
        this.coordinator.abortTimedOut(id, {
          newProducerId,
          serverVersion: this.serverVersion,
          now: this.now,
        });
      let decision = decide(undefined);
      if (decision === NEEDS_PRODUCER_ID) decision = decide(this.newProducerId());
      if (decision === NEEDS_PRODUCER_ID) throw new Error('asks again for a producer id');
      this.carryOut(decision);
    }
    for (const decision of this.coordinator.expire(this.now, EXPIRATION_MS)) this.carryOut(decision);
  }

  /** The coordinator that the log makes. */
  replayed(): TransactionCoordinator {
    const coordinator = new TransactionCoordinator();
    for (const { key, value } of this.log) coordinator.replay(decodeTransaction(key, value));
    return coordinator;
  }

  #check(before: Transaction | undefined, after: Transaction): void {
    // B51.
    expect(edges[before?.state ?? 'Empty']).toContain(after.state);
    if (before === undefined) return;
    if (after.producerId === before.producerId) {
      expect(after.producerEpoch).toBeGreaterThanOrEqual(before.producerEpoch);
    } else expect([after.producerId > before.producerId, after.producerEpoch]).toEqual([true, 0]);
    expect(after.producerEpoch).toBeLessThanOrEqual(32_767);
  }

  /** B50: nothing is done any more for a producer that another one has replaced. */
  #checkFenced(id: string, { producerId, producerEpoch }: Producer, errorCode: number): void {
    const fence = this.fencedBelow.get(id);
    if (fence === undefined) return;
    const isFenced =
      producerId < fence.producerId ||
      (producerId === fence.producerId && producerEpoch < fence.producerEpoch);
    if (isFenced) expect(errorCode).not.toBe(ErrorCode.NONE);
  }
}

/** Without what records do not have. */
function durable(coordinator: TransactionCoordinator, serverVersion: number) {
  return [...coordinator.transactions.values()].map((transaction) => ({
    ...transaction,
    lastProducerEpoch: -1,
    ...(serverVersion === 0 && transaction.clientVersion === 0
      ? { previousProducerId: -1, nextProducerId: -1 }
      : {}),
  }));
}

type Step = (machine: Machine) => void;

const anId = fc.constantFrom(...ids);
/** An identity that some producer of the id has, or makes up: 0 is the last one given. */
const age = fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(3) });
function identity(machine: Machine, id: string, back: number): Producer {
  const given = machine.given.get(id) ?? [];
  return given.at(-1 - back) ?? { producerId: 0, producerEpoch: 0 };
}

const steps = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.tuple(anId, fc.option(age, { nil: undefined })).map(
      ([id, back]): Step =>
        (machine) => {
          machine.init(id, back === undefined ? undefined : identity(machine, id, back));
        },
    ),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(anId, age, fc.nat(2)).map(
      ([id, back, partition]): Step =>
        (machine) => {
          machine.add(id, identity(machine, id, back), partition);
        },
    ),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(anId, age, fc.constantFrom<'commit' | 'abort'>('commit', 'abort'), fc.constantFrom(0, 2))
      .map(
        ([id, back, result, clientVersion]): Step =>
          (machine) => {
            machine.end(
              id,
              identity(machine, id, back),
              result,
              machine.serverVersion < 2 ? 0 : clientVersion,
            );
          },
      ),
  },
  {
    weight: 6,
    arbitrary: anId.map(
      (id): Step =>
        (machine) =>
          machine.complete(id),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(10, TIMEOUT_MS + 1, EXPIRATION_MS).map(
      (ms): Step =>
        (machine) =>
          machine.passTime(ms),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Step>((machine) => {
      machine.coordinator = machine.replayed();
    }),
  },
);

const worlds = fc.record({
  serverVersion: fc.constantFrom(0, 1, 2),
  epoch: fc.constantFrom(0, 5, 32_760, 32_764, 32_765, 32_766),
  steps: fc.array(steps, { minLength: 1, maxLength: 60 }),
});

test('whatever is asked, by whom and how often: epochs grow, edges are legal, each transaction has one outcome', () => {
  fc.assert(
    fc.property(worlds, ({ serverVersion, epoch, steps }) => {
      const machine = new Machine(serverVersion, epoch);
      for (const step of steps) step(machine);
    }),
    { numRuns: 600 },
  );
});

test('at every point the log gives back the state', () => {
  fc.assert(
    fc.property(worlds, ({ serverVersion, epoch, steps }) => {
      const machine = new Machine(serverVersion, epoch);
      for (const step of steps) {
        step(machine);
        expect(durable(machine.replayed(), serverVersion)).toEqual(
          durable(machine.coordinator, serverVersion),
        );
      }
    }),
    { numRuns: 150 },
  );
});

test('after all partitions were told, every transaction has ended as it was decided', () => {
  fc.assert(
    fc.property(worlds, ({ serverVersion, epoch, steps }) => {
      const machine = new Machine(serverVersion, epoch);
      for (const step of steps) step(machine);
      machine.coordinator = machine.replayed();
      for (const { transactionalId } of machine.coordinator.prepared()) {
        const outcome = machine.outcomes.get(machine.number(transactionalId));
        machine.complete(transactionalId);
        const expected = outcome === 'commit' ? 'CompleteCommit' : 'CompleteAbort';
        expect(machine.of(transactionalId)?.state).toBe(expected);
      }
      expect(machine.coordinator.prepared()).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
