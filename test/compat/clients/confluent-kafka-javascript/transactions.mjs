// @confluentinc/kafka-javascript in the transcript of transactions. Arguments: bootstrap, topic.
import { setTimeout as sleep } from 'node:timers/promises';
import client from '@confluentinc/kafka-javascript';

const { IsolationLevel } = client;
const { Kafka, logLevel } = client.KafkaJS;
const [bootstrap, topic] = process.argv.slice(2);
const kafka = new Kafka({ kafkaJS: { brokers: [bootstrap], logLevel: logLevel.NOTHING } });
const group = 'transacting-javascript';

async function open() {
  const producer = kafka.producer({ kafkaJS: { transactionalId: 'confluent-kafka-javascript' } });
  await producer.connect();
  return producer;
}

const send = (target, ...values) =>
  target.send({ topic, messages: values.map((value) => ({ value, partition: 0 })) });

async function step(name, work) {
  console.log(`> ${name}`);
  try {
    await work();
    console.log('done');
  } catch (error) {
    console.log(`error: ${error.name} ${error.type} fatal=${error.fatal} abortable=${error.abortable}`);
  }
}

async function end(isolationLevel) {
  const [{ high }] = await admin.fetchTopicOffsets(topic, { isolationLevel });
  return high;
}

/** Waits until nothing is open: the end of a transaction is answered before its partitions know of it. */
async function settle() {
  for (let tries = 0; tries < 300; tries++) {
    if ((await end(IsolationLevel.READ_COMMITTED)) === (await end(IsolationLevel.READ_UNCOMMITTED))) return;
    await sleep(50);
  }
}

/** All values up to `last`. */
async function read(readUncommitted, last, protocol) {
  const consumer = kafka.consumer({
    kafkaJS: {
      groupId: `reader-${protocol}-${readUncommitted}`,
      fromBeginning: true,
      readUncommitted,
      autoCommit: false,
    },
    'group.protocol': protocol,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic] });
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

/** Once the group knows that the transaction has ended, which is answered before. */
async function committed() {
  const asked = { groupId: group, topics: [topic], requireStableOffsets: true };
  for (let tries = 0; ; tries++) {
    // A group that knows of no offset yet may have no topic at all.
    const [of] = await admin.fetchOffsets(asked);
    const offset = of?.partitions[0].offset ?? '-1001';
    if (offset !== '-1001' || tries === 300) return offset;
    await sleep(50);
  }
}

async function sendOffset(offset, isCommitted) {
  const consumer = kafka.consumer({ kafkaJS: { groupId: group, autoCommit: false } });
  await consumer.connect();
  const transaction = await first.transaction();
  await transaction.sendOffsets({ consumer, topics: [{ topic, partitions: [{ partition: 0, offset }] }] });
  await (isCommitted ? transaction.commit() : transaction.abort());
  await consumer.disconnect();
}

const admin = kafka.admin();
await admin.connect();
await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1 }] });
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
await step('offsets of a group', () => sendOffset('2', true));
console.log(`committed ${await committed()}`);
await step('offsets of a group, aborted', () => sendOffset('3', false));
console.log(`committed ${await committed()}`);
await step('a second producer of the same id', async () => {
  const transaction = await first.transaction();
  await send(transaction, 'd');
  const second = await open();
  const taken = await second.transaction();
  await send(taken, 'e');
  await taken.commit();
  await second.disconnect();
});
await step('the first sends', () => send(first, 'f'));
await step('the first commits', () => first.commit());
await first.disconnect();
await settle();
for (const protocol of ['classic', 'consumer']) {
  console.log(`${protocol}, read committed ${await read(false, 'e', protocol)}`);
  console.log(`${protocol}, read uncommitted ${await read(true, 'e', protocol)}`);
}
console.log(`ends ${await end(IsolationLevel.READ_COMMITTED)} ${await end(IsolationLevel.READ_UNCOMMITTED)}`);
await admin.disconnect();
