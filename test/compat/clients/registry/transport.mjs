// kafkajs carries what the serializers of both JavaScript clients make.
import { readFileSync } from 'node:fs';
import { Kafka, logLevel } from 'kafkajs';

/** Runs the steps of a plan: `serializer(plan, form, version, location, topic)`, `deserializer(plan, form, topic)`, `register(plan, schema, subject)`. */
export async function runPlan(file, { serializer, deserializer, register }) {
  const plan = JSON.parse(readFileSync(file, 'utf8'));
  const kafka = new Kafka({ brokers: [plan.bootstrap], logLevel: logLevel.NOTHING });
  const producer = kafka.producer();
  await producer.connect();
  for (const step of plan.steps) {
    try {
      if (step.action === 'write') await write(plan, producer, step, serializer);
      else if (step.action === 'refuse') await refuse(plan, step, register);
      else await read(plan, kafka, step, deserializer);
    } catch (error) {
      fact({ event: 'failed', topic: step.topic, error: error.stack });
    }
  }
  await producer.disconnect();
}

function fact(fields) {
  console.log(JSON.stringify(fields));
}

async function write(plan, producer, { topic, form, location }, serializer) {
  const messages = [];
  for (const version of [0, 1]) {
    const serialize = await serializer(plan, form, version, location, topic);
    for (const value of plan.values[version]) {
      const headers = {};
      messages.push({ value: await serialize(value, headers), headers });
    }
  }
  await producer.send({ topic, messages: [...messages, { value: null }] });
  fact({ event: 'wrote', topic, left: 0, problems: [] });
}

async function refuse(plan, { topic, form }, register) {
  const { incompatible: schema, referenceName: name } = plan.schemas[form];
  const references = [{ name, subject: name, version: 1 }];
  try {
    await register(plan, { schema, references, form }, `${topic}-value`);
    fact({ event: 'taken', topic });
  } catch (error) {
    fact({ event: 'refused', topic, status: error.status, message: error.message });
  }
}

async function read(plan, kafka, { topic, form }, deserializer) {
  const deserialize = await deserializer(plan, form, topic);
  const consumer = kafka.consumer({ groupId: `reader-of-${topic}`, retry: { retries: 0 } });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const values = [];
  const { promise, resolve, reject } = Promise.withResolvers();
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ message }) => {
      try {
        values.push(message.value === null ? null : await deserialize(message.value, message.headers));
      } catch (error) {
        reject(error);
      }
      if (values.length === plan.count) resolve();
    },
  });
  try {
    await promise;
  } finally {
    await consumer.disconnect();
  }
  fact({ event: 'read', topic, values });
}
