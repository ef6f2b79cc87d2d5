// @platformatic/kafka in the transcript of transactions. Arguments: bootstrap, topic.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Admin,
  Consumer,
  FetchIsolationLevels,
  ListOffsetTimestamps,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka';

const { READ_COMMITTED, READ_UNCOMMITTED } = FetchIsolationLevels;
const [bootstrap, topic] = process.argv.slice(2);
const base = { clientId: 'compat', bootstrapBrokers: [bootstrap], retries: 50, retryDelay: 50 };

const open = () =>
  new Producer({
    ...base,
    serializers: stringSerializers,
    idempotent: true,
    transactionalId: 'platformatic',
  });

const send = (target, ...values) =>
  target.send({ messages: values.map((value) => ({ topic, value, partition: 0 })), acks: -1 });

async function step(name, work) {
  console.log(`> ${name}`);
  try {
    await work();
    console.log('done');
  } catch (error) {
    console.log(`error: ${reasons(error).join(', ')}`);
  }
}

/** The ids of Kafka's errors in what it throws, or its own words. */
function reasons(error) {
  const nested = error.errors ?? (error.cause === undefined ? [] : [error.cause]);
  const found = [...new Set(nested.flatMap(reasons))];
  if (error.apiId !== undefined) return [error.apiId];
  return found.length > 0 ? found : [error.message];
}

async function end(isolationLevel) {
  const asked = [{ partitionIndex: 0, timestamp: ListOffsetTimestamps.LATEST }];
  const [{ partitions }] = await admin.listOffsets({
    topics: [{ name: topic, partitions: asked }],
    isolationLevel,
  });
  return String(partitions[0].offset);
}

/** Waits until nothing is open: the end of a transaction is answered before its partitions know of it. */
async function settle() {
  for (let tries = 0; tries < 300 && (await end(READ_COMMITTED)) !== (await end(READ_UNCOMMITTED)); tries++)
    await sleep(50);
}

/** All messages up to the value `last`, each of which knows its consumer. */
async function read(isolationLevel, last, use = async () => undefined) {
  const consumer = new Consumer({
    ...base,
    groupId: `reader-${isolationLevel}`,
    deserializers: stringDeserializers,
    isolationLevel,
  });
  const stream = await consumer.consume({
    topics: [topic],
    mode: 'earliest',
    autocommit: false,
    isolationLevel,
  });
  const messages = [];
  for await (const message of stream) {
    messages.push(message);
    if (message.value === last) break;
  }
  await use(consumer, messages);
  await stream.close();
  await consumer.close(true);
  return messages.map(({ offset, value }) => `${offset}=${value}`).join(' ');
}

/** Once the group knows that the transaction has ended, which is answered before. */
async function committed(groupId) {
  const asked = {
    groups: [{ groupId, topics: [{ name: topic, partitionIndexes: [0] }] }],
    requireStable: true,
  };
  for (let tries = 0; ; tries++) {
    const found = await admin.listConsumerGroupOffsets(asked).catch(() => []);
    const offset = String(found[0]?.topics[0]?.partitions[0]?.committedOffset ?? -1);
    if (offset !== '-1' || tries === 300) return offset;
    await sleep(50);
  }
}

const admin = new Admin(base);
await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 });
const first = open();
await step('commit', async () => {
  const transaction = await first.beginTransaction();
  await send(transaction, 'a', 'b');
  await transaction.commit();
});
await settle();
await step('abort', async () => {
  const transaction = await first.beginTransaction();
  await send(transaction, 'c');
  await transaction.abort();
});
await settle();
await step('offsets of a group', () =>
  read(READ_COMMITTED, 'b', async (consumer, messages) => {
    const transaction = await first.beginTransaction();
    await transaction.addConsumer(consumer);
    await transaction.addOffset(messages.at(-1));
    await transaction.commit();
  }),
);
console.log(`committed ${await committed(`reader-${READ_COMMITTED}`)}`);
let open1;
await step('a second producer of the same id', async () => {
  open1 = await first.beginTransaction();
  await send(open1, 'd');
  const second = open();
  const transaction = await second.beginTransaction();
  await send(transaction, 'e');
  await transaction.commit();
  await second.close();
});
await step('the first sends', () => send(open1, 'f'));
await step('the first commits', () => open1.commit());
await first.close().catch(() => undefined);
await settle();
// The second is refused, since it asks for the id as if it had been its producer before: the first goes on and commits.
console.log(`read committed ${await read(READ_COMMITTED, 'f')}`);
console.log(`read uncommitted ${await read(READ_UNCOMMITTED, 'f')}`);
console.log(`ends ${await end(READ_COMMITTED)} ${await end(READ_UNCOMMITTED)}`);
await admin.close();
process.exit(0);
