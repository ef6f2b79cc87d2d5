// The admin client of @confluentinc/kafka-javascript in a transcript. Arguments: bootstrap, topic.
import { setTimeout as sleep } from 'node:timers/promises';
import client from '@confluentinc/kafka-javascript';

const { ConsumerGroupStates, ConsumerGroupTypes, IsolationLevel } = client;
const { Kafka, logLevel } = client.KafkaJS;
const [bootstrap, topic] = process.argv.slice(2);
const kafka = new Kafka({ kafkaJS: { brokers: [bootstrap], logLevel: logLevel.NOTHING } });
const admin = kafka.admin();
const groups = { classic: `classic-of-${topic}`, consumer: `consumer-of-${topic}` };

async function step(name, work) {
  console.log(`> ${name}`);
  try {
    console.log(shown(await work()));
  } catch (error) {
    console.log(`error: ${error.name} ${error.type ?? ''} ${error.message}`);
    for (const each of error.groups ?? []) console.log(`  ${shown({ ...each, error: each.error.message })}`);
    for (const each of error.partitions ?? [])
      console.log(`  ${shown({ ...each, error: each.error.message })}`);
    for (const each of error.errors ?? []) console.log(`  ${each.message}`);
  }
}

/** JSON with the fields of each object in order, without what differs from run to run. */
function shown(value) {
  return JSON.stringify(value, (key, each) => {
    if (['topicId', 'memberId', 'port', 'brokerPort'].includes(key)) return undefined;
    if (Buffer.isBuffer(each) || each?.type === 'Buffer') return undefined;
    if (each === null || typeof each !== 'object' || Array.isArray(each)) return each;
    return Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

const byName = (a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

async function topics(isListed, name = topic) {
  let listed = await admin.listTopics();
  for (let tries = 0; listed.includes(name) !== isListed && tries < 100; tries++) {
    await sleep(50);
    listed = await admin.listTopics();
  }
  return listed.filter((each) => each === name);
}

async function metadata() {
  const found = await admin.fetchTopicMetadata({ topics: [topic], includeAuthorizedOperations: true });
  for (const each of found) {
    each.authorizedOperations?.sort((a, b) => a - b);
    each.partitions.sort((a, b) => a.partitionId - b.partitionId);
  }
  return found;
}

async function produce() {
  const producer = kafka.producer({ kafkaJS: { acks: -1 } });
  await producer.connect();
  for (let index = 0; index < 10; index++)
    await producer.send({
      topic,
      messages: [{ key: 'k', value: `v${index}`, partition: 0, timestamp: `${1000 + index}` }],
    });
  await producer.disconnect();
  return 'sent';
}

/** Runs `work` while the group of this protocol has a member with all partitions. */
async function withMember(protocol, work) {
  const consumer = kafka.consumer({
    kafkaJS: { groupId: groups[protocol], fromBeginning: true, autoCommit: false, clientId: 'reader' },
    'group.protocol': protocol,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic] });
  await consumer.run({ eachMessage: async () => undefined });
  for (let tries = 0; consumer.assignment().length < 2 && tries < 200; tries++) await sleep(100);
  try {
    return await work(consumer);
  } finally {
    await consumer.disconnect();
  }
}

async function described(...names) {
  const { groups: found } = await admin.describeGroups(names, { includeAuthorizedOperations: true });
  for (const group of found) group.authorizedOperations?.sort((a, b) => a - b);
  return found.map(({ coordinator, ...rest }) => ({ ...rest, coordinator: coordinator?.id }));
}

async function listed(options) {
  const { groups: found, errors } = await admin.listGroups(options);
  const own = found.filter(({ groupId }) => Object.values(groups).includes(groupId));
  return { groups: own.sort(byName), errors };
}

await admin.connect();
const make = (...made) => admin.createTopics({ topics: made });
await step('createTopics', () =>
  make({
    topic,
    numPartitions: 2,
    replicationFactor: 1,
    configEntries: [{ name: 'retention.ms', value: '3600000000' }],
  }),
);
await step('listTopics', () => topics(true));
await step('createTopics again', () => make({ topic, numPartitions: 2, replicationFactor: 1 }));
await step('createTopics of a bad name', () =>
  make({ topic: 'bad name', numPartitions: 1, replicationFactor: 1 }),
);
await step('createTopics with too many replicas', () =>
  make({ topic: 'wide', numPartitions: 1, replicationFactor: 3 }),
);
await step('createTopics with an unknown config', () =>
  make({ topic: 'odd', configEntries: [{ name: 'no.such', value: '1' }] }),
);
await step('fetchTopicMetadata', metadata);
await step('fetchTopicMetadata of no topic', () => admin.fetchTopicMetadata({ topics: ['nothing'] }));
await step('ten records', produce);
const both = async (isolationLevel) =>
  (await admin.fetchTopicOffsets(topic, { isolationLevel })).sort(byName);
await step('fetchTopicOffsets', () => both(IsolationLevel.READ_UNCOMMITTED));
await step('fetchTopicOffsets, committed', () => both(IsolationLevel.READ_COMMITTED));
await step('fetchTopicOffsets of no topic', () => admin.fetchTopicOffsets('nothing'));
const at = async (time) => (await admin.fetchTopicOffsetsByTimestamp(topic, time)).sort(byName);
await step('fetchTopicOffsetsByTimestamp', () => at(1005));
await step('fetchTopicOffsetsByTimestamp, after all', () => at(9_000_000_000_000));
const remove = (partition, offset) =>
  admin.deleteTopicRecords({ topic, partitions: [{ partition, offset }] });
await step('deleteTopicRecords', () => remove(0, '4'));
await step('deleteTopicRecords past the end', () => remove(0, '99'));
await step('deleteTopicRecords to the end', () => remove(1, '-1'));
await step('fetchTopicOffsets after that', () => both(IsolationLevel.READ_UNCOMMITTED));
for (const protocol of ['classic', 'consumer']) {
  const group = groups[protocol];
  await step(`describeGroups with a member of the ${protocol} protocol`, () =>
    withMember(protocol, () => described(group)),
  );
  await step('commitOffsets and committed', () =>
    withMember(protocol, async (consumer) => {
      await consumer.commitOffsets([{ topic, partition: 0, offset: '6', metadata: 'a note' }]);
      return (
        await consumer.committed([
          { topic, partition: 0 },
          { topic, partition: 1 },
        ])
      ).sort(byName);
    }),
  );
  await step('listGroups with a member', () => withMember(protocol, () => listed()));
  await step('deleteGroups with a member', () => withMember(protocol, () => admin.deleteGroups([group])));
  await step('describeGroups', () => described(group));
  await step('fetchOffsets', () => admin.fetchOffsets({ groupId: group }));
  await step('fetchOffsets of partitions', () =>
    admin.fetchOffsets({
      groupId: group,
      topics: [{ topic, partitions: [0, 1] }],
      requireStableOffsets: true,
    }),
  );
}
await step('describeGroups of both and one that is not', () => described(...Object.values(groups), 'nobody'));
await step('listGroups', () => listed());
await step('listGroups, empty ones', () => listed({ matchConsumerGroupStates: [ConsumerGroupStates.EMPTY] }));
await step('listGroups, stable ones', () =>
  listed({ matchConsumerGroupStates: [ConsumerGroupStates.STABLE] }),
);
await step('listGroups of the consumer protocol', () =>
  listed({ matchConsumerGroupTypes: [ConsumerGroupTypes.CONSUMER] }),
);
await step('deleteGroups', async () => (await admin.deleteGroups(Object.values(groups))).sort(byName));
await step('deleteGroups again', () => admin.deleteGroups([groups.classic]));
await step('listGroups', () => listed());
await step('deleteTopics', () => admin.deleteTopics({ topics: [topic] }));
await step('listTopics', () => topics(false));
// Not the one just deleted: librdkafka asks for topics that it knows, and Apache Kafka creates those that are asked for.
await step('deleteTopics of no topic', () => admin.deleteTopics({ topics: ['nothing'] }));
await admin.disconnect();
