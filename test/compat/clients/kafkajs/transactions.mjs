// kafkajs in the transcript of transactions. Arguments: bootstrap, topic.
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';

const [bootstrap, topic] = process.argv.slice(2);
const kafka = new kafkajs.Kafka({
  clientId: 'compat',
  brokers: [bootstrap],
  logLevel: kafkajs.logLevel.NOTHING,
  retry: { retries: 5, initialRetryTime: 100 },
});

async function open() {
  const producer = kafka.producer({ transactionalId: 'kafkajs', maxInFlightRequests: 1, idempotent: true });
  await producer.connect();
  return producer;
}

const send = (target, ...values) =>
  target.send({ topic, acks: -1, messages: values.map((value) => ({ value, partition: 0 })) });

async function step(name, work) {
  console.log(`> ${name}`);
  try {
    await work();
    console.log('done');
  } catch (error) {
    console.log(`error: ${error.name} ${error.type ?? error.message}`);
  }
}

async function read(readUncommitted, last) {
  const consumer = kafka.consumer({ groupId: `reader-${readUncommitted}`, readUncommitted });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const values = [];
  const { promise, resolve } = Promise.withResolvers();
  const late = setTimeout(resolve, 15_000);
  await consumer.run({
    eachMessage: async ({ message }) => {
      values.push(`${message.offset}=${message.value}`);
      if (String(message.value) === last) resolve();
    },
  });
  await promise;
  clearTimeout(late);
  await consumer.disconnect();
  return values.join(' ');
}

/** Tries until the transaction before has ended, which is answered before; kafkajs alone gives up. */
async function onceEnded(work) {
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (error.type !== 'CONCURRENT_TRANSACTIONS' || tries === 300) throw error;
      await sleep(50);
    }
  }
}

/** Once the group knows that the transaction has ended, which is answered before. */
async function committed() {
  for (let tries = 0; ; tries++) {
    const [{ partitions }] = await admin.fetchOffsets({ groupId: 'transacting-kafkajs', topics: [topic] });
    if (partitions[0].offset !== '-1' || tries === 300) return partitions[0].offset;
    await sleep(50);
  }
}

const admin = kafka.admin();
await admin.connect();
await admin.createTopics({
  waitForLeaders: true,
  topics: [{ topic, numPartitions: 1, replicationFactor: 1 }],
});
const first = await open();
await step('commit', async () => {
  const transaction = await first.transaction();
  await send(transaction, 'a', 'b');
  await transaction.commit();
});
await step('abort', async () => {
  const transaction = await first.transaction();
  await send(transaction, 'c');
  await transaction.abort();
});
await step('offsets of a group', async () => {
  const transaction = await first.transaction();
  await onceEnded(() =>
    transaction.sendOffsets({
      consumerGroupId: 'transacting-kafkajs',
      topics: [{ topic, partitions: [{ partition: 0, offset: '2' }] }],
    }),
  );
  await transaction.commit();
});
console.log(`committed ${await committed()}`);
let open1;
await step('a second producer of the same id', async () => {
  open1 = await first.transaction();
  await send(open1, 'd');
  const second = await open();
  const transaction = await second.transaction();
  await send(transaction, 'e');
  await transaction.commit();
  await second.disconnect();
});
await step('the first goes on', async () => {
  await send(open1, 'f');
  await open1.commit();
});
await first.disconnect();
console.log(`read committed ${await read(false, 'e')}`);
console.log(`read uncommitted ${await read(true, 'e')}`);
await admin.disconnect();
