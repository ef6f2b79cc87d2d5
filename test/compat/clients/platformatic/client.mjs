// @platformatic/kafka as one member of the round trip: create, produce, consume. Prints JSON facts.
import { closeSync, openSync, writeSync } from 'node:fs';
import { Admin, Consumer, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka';

const filler = 'abcdefghijklmnopqrstuvwxyz é漢 ';

async function create(base, topic, partitions) {
  const admin = new Admin(base);
  await admin.createTopics({ topics: [topic], partitions: Number(partitions), replicas: 1 });
  const metadata = await admin.metadata({ topics: [topic] });
  fact({ event: 'created', partitions: [...metadata.topics.get(topic).partitions.keys()].sort() });
  await admin.close();
}

async function produce(base, topic, compression, first, count) {
  const producer = new Producer({ ...base, serializers: stringSerializers, autocreateTopics: false });
  const end = Number(first) + Number(count);
  let acknowledged = 0;
  for (let from = Number(first); from < end; from += 2000) {
    const messages = [];
    for (let index = from; index < Math.min(from + 2000, end); index++) {
      const value = `value-${index}-${filler.repeat(index % 4)}`;
      messages.push({
        topic,
        key: `key-${index}`,
        value,
        headers: { codec: compression, index: String(index) },
      });
    }
    await producer.send({ messages, acks: -1, compression });
    acknowledged += messages.length;
  }
  await producer.close();
  fact({ event: 'produced', acknowledged, left: 0, errors: [] });
}

async function consume(base, topic, groupId, file, protocol = 'classic') {
  // The broker decides how often a member of the consumer protocol tells that it is there.
  const groupProtocol =
    protocol === 'consumer'
      ? { groupProtocol: 'consumer' }
      : { sessionTimeout: 10_000, heartbeatInterval: 500 };
  const out = openSync(file, 'w');
  const consumer = new Consumer({ ...base, ...groupProtocol, groupId, deserializers: stringDeserializers });
  // With the consumer protocol it tells of no event when partitions come or go.
  let told = '';
  const watching = setInterval(() => {
    const partitions = (consumer.assignments ?? []).flatMap((assignment) => assignment.partitions).sort();
    if (String(partitions) === told) return;
    told = String(partitions);
    fact({ event: 'assigned', partitions });
  }, 100);
  const stream = await consumer.consume({
    topics: [topic],
    mode: 'committed',
    fallbackMode: 'earliest',
    autocommit: false,
    ...groupProtocol,
    maxWaitTime: 200,
  });
  // Its autocommit counts records that are still in the stream's buffer, so positions are committed by hand.
  const positions = new Map();
  const commit = async () => {
    const owned = new Set((consumer.assignments ?? []).flatMap((assignment) => assignment.partitions));
    const offsets = [...positions.values()].filter(({ partition }) => owned.has(partition));
    positions.clear();
    if (offsets.length > 0) await consumer.commit({ offsets });
  };
  let committing = Promise.resolve();
  const timer = setInterval(() => {
    // A commit during a rebalance fails; the records come again, which at-least-once allows.
    committing = committing
      .then(commit)
      .catch((error) => fact({ event: 'commit-failed', error: String(error) }));
  }, 500);
  process.once('SIGTERM', async () => {
    clearInterval(timer);
    clearInterval(watching);
    stream.removeAllListeners('data');
    await committing;
    await commit();
    await stream.close();
    await consumer.close(true);
    closeSync(out);
    fact({ event: 'left' });
    process.exit(0);
  });
  stream.on('data', ({ partition, offset, key, value, headers }) => {
    const shown = [...headers].map(([name, text]) => `${name}=${text}`);
    writeSync(out, `${partition}\t${offset}\t${key}\t${value}\t${shown.join(',')}\n`);
    positions.set(partition, { topic, partition, offset: offset + 1n, leaderEpoch: 0 });
  });
}

function fact(fields) {
  console.log(JSON.stringify(fields));
}

const [mode, bootstrap, ...rest] = process.argv.slice(2);
await { create, produce, consume }[mode]({ clientId: 'compat', bootstrapBrokers: [bootstrap] }, ...rest);
