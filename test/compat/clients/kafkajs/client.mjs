// kafkajs as one member of the round trip: create, produce, consume. Prints JSON facts.
import { closeSync, openSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import kafkajs from 'kafkajs';
import snappyCodec from 'kafkajs-snappy';
import lz4 from 'lz4-napi';

const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = kafkajs;

// kafkajs has only gzip built in. The published plug-ins for LZ4 and zstd need native builds that current Node
// versions no longer have, so these two codecs are plugged in as its documentation describes.
CompressionCodecs[CompressionTypes.Snappy] = snappyCodec;
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: (encoder) => lz4.compressFrame(encoder.buffer),
  decompress: (buffer) => lz4.decompressFrame(buffer),
});
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: (encoder) => promisify(zlib.zstdCompress)(encoder.buffer),
  decompress: (buffer) => promisify(zlib.zstdDecompress)(buffer),
});

const compressions = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
};
const filler = 'abcdefghijklmnopqrstuvwxyz é漢 ';

async function create(kafka, topic, partitions) {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic, numPartitions: Number(partitions), replicationFactor: 1 }],
  });
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  fact({ event: 'created', partitions: topics[0].partitions.map((p) => p.partitionId).sort() });
  await admin.disconnect();
}

async function produce(kafka, topic, codec, first, count) {
  const producer = kafka.producer();
  await producer.connect();
  const end = Number(first) + Number(count);
  let acknowledged = 0;
  for (let from = Number(first); from < end; from += 2000) {
    const messages = [];
    for (let index = from; index < Math.min(from + 2000, end); index++) {
      const value = `value-${index}-${filler.repeat(index % 4)}`;
      messages.push({ key: `key-${index}`, value, headers: { codec, index: String(index) } });
    }
    await producer.send({ topic, messages, acks: -1, compression: compressions[codec] });
    acknowledged += messages.length;
  }
  await producer.disconnect();
  fact({ event: 'produced', acknowledged, left: 0, errors: [] });
}

async function consume(kafka, topic, groupId, file) {
  const out = openSync(file, 'w');
  const consumer = kafka.consumer({
    groupId,
    heartbeatInterval: 500,
    sessionTimeout: 10_000,
    maxWaitTimeInMs: 200,
  });
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    fact({ event: 'assigned', partitions: [...(payload.memberAssignment[topic] ?? [])].sort() });
  });
  consumer.on(consumer.events.CRASH, ({ payload }) =>
    fact({ event: 'crashed', error: String(payload.error) }),
  );
  process.once('SIGTERM', async () => {
    await consumer.disconnect();
    closeSync(out);
    fact({ event: 'left' });
    process.exit(0);
  });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachBatch: async ({ batch, resolveOffset, heartbeat }) => {
      for (const { key, value, headers, offset } of batch.messages) {
        const shown = Object.entries(headers).map(([name, text]) => `${name}=${text}`);
        writeSync(out, `${batch.partition}\t${offset}\t${key}\t${value}\t${shown.join(',')}\n`);
        resolveOffset(offset);
      }
      await heartbeat();
    },
  });
}

function fact(fields) {
  console.log(JSON.stringify(fields));
}

const [mode, bootstrap, ...rest] = process.argv.slice(2);
const kafka = new Kafka({ clientId: 'compat', brokers: [bootstrap], logLevel: logLevel.ERROR });
await { create, produce, consume }[mode](kafka, ...rest);
