// @confluentinc/kafka-javascript as one member of the round trip: create, produce, consume. Prints JSON facts.
import { closeSync, openSync, writeSync } from 'node:fs';
import client from '@confluentinc/kafka-javascript';

const { Kafka, logLevel } = client.KafkaJS;
const filler = 'abcdefghijklmnopqrstuvwxyz é漢 ';

async function create(kafka, topic, partitions) {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: Number(partitions), replicationFactor: 1 }] });
  const numbers = async () => {
    const [found] = await admin.fetchTopicMetadata({ topics: [topic] });
    return found.partitions.map(({ partitionId }) => partitionId).sort();
  };
  // The broker shows a new topic a moment after its controller has made it.
  let shown = [];
  for (let tries = 0; shown.length !== Number(partitions) && tries < 100; tries++) {
    shown = await numbers().catch(() => []);
  }
  fact({ event: 'created', partitions: shown });
  await admin.disconnect();
}

async function produce(kafka, topic, compression, first, count) {
  const producer = kafka.producer({ kafkaJS: { compression, idempotent: true }, 'linger.ms': 5 });
  await producer.connect();
  const end = Number(first) + Number(count);
  let acknowledged = 0;
  for (let from = Number(first); from < end; from += 2000) {
    const messages = [];
    for (let index = from; index < Math.min(from + 2000, end); index++) {
      const value = `value-${index}-${filler.repeat(index % 4)}`;
      messages.push({ key: `key-${index}`, value, headers: { codec: compression, index: String(index) } });
    }
    await producer.send({ topic, messages });
    acknowledged += messages.length;
  }
  await producer.disconnect();
  fact({ event: 'produced', acknowledged, left: 0, errors: [] });
}

async function consume(kafka, topic, groupId, file, protocol = 'classic') {
  const out = openSync(file, 'w');
  // Members of the consumer protocol are told by the broker how often to heartbeat.
  const heartbeats = protocol === 'classic' ? { 'heartbeat.interval.ms': 500 } : {};
  const consumer = kafka.consumer({
    kafkaJS: {
      groupId,
      fromBeginning: true,
      autoCommit: true,
      autoCommitInterval: 500,
      maxWaitTimeInMs: 200,
    },
    'group.protocol': protocol,
    ...heartbeats,
  });
  let told;
  const tell = () => {
    const partitions = consumer
      .assignment()
      .map(({ partition }) => partition)
      .sort();
    if (String(partitions) === told) return;
    told = String(partitions);
    fact({ event: 'assigned', partitions });
  };
  process.once('SIGTERM', async () => {
    clearInterval(watching);
    await consumer.disconnect();
    closeSync(out);
    fact({ event: 'left' });
    process.exit(0);
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic] });
  await consumer.run({
    eachBatch: async ({ batch }) => {
      for (const { key, value, headers, offset } of batch.messages) {
        const shown = Object.entries(headers).map(([name, text]) => `${name}=${text}`);
        writeSync(out, `${batch.partition}\t${offset}\t${key}\t${value}\t${shown.join(',')}\n`);
      }
    },
  });
  const watching = setInterval(tell, 100);
}

function fact(fields) {
  console.log(JSON.stringify(fields));
}

const [mode, bootstrap, ...rest] = process.argv.slice(2);
const kafka = new Kafka({ kafkaJS: { clientId: 'compat', brokers: [bootstrap], logLevel: logLevel.ERROR } });
await { create, produce, consume }[mode](kafka, ...rest);
