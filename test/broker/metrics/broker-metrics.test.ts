import { expect, test } from 'vitest';
import type { Broker } from '../../../broker/index.ts';
import {
  findCoordinatorRequest,
  findCoordinatorResponse,
  heartbeatRequest,
  heartbeatResponse,
  offsetCommitRequest,
  offsetCommitResponse,
} from '../../../kafka/protocol/index.ts';
import { prometheusText } from '../../../platform/metrics.ts';
import { BrokerFixture, batchOf } from '../broker-fixture.ts';

async function linesOf(fixture: BrokerFixture, broker: Broker = fixture.broker): Promise<string[]> {
  const families = await fixture.during(broker.metrics());
  return prometheusText(families).split('\n');
}

function sampleOf(lines: readonly string[], series: string): number {
  const line = lines.find((each) => each.startsWith(`${series} `));
  return line === undefined ? Number.NaN : Number(line.slice(series.length + 1));
}

test('what clients write and read is counted by topic and for all of them', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('a');
  await fixture.createTopic('b');
  const batch = batchOf(['1', '2', '3']);
  await fixture.produce('a', Buffer.from(batch));
  await fixture.produce('b', batchOf(['x']));
  await fixture.produce('a', Buffer.from('no batch'));
  await fixture.fetch('a', 0);
  await fixture.fetch('a', 99);
  const lines = await linesOf(fixture);
  const of = (name: string, labels = '') =>
    sampleOf(lines, `kafka_server_brokertopicmetrics_${name}_total${labels}`);
  expect(of('messagesin', '{topic="a"}')).toBe(3);
  expect(of('messagesin')).toBe(4);
  expect(of('bytesin', '{topic="a"}')).toBe(batch.length);
  expect(of('bytesout', '{topic="a"}')).toBe(batch.length);
  expect(of('totalproducerequests', '{topic="a"}')).toBe(2);
  expect(of('failedproducerequests', '{topic="a"}')).toBe(1);
  expect(of('bytesrejected', '{topic="a"}')).toBe('no batch'.length);
  expect(of('failedfetchrequests', '{topic="a"}')).toBe(1);
  expect(of('failedproducerequests', '{topic="b"}')).toBe(0);
  expect(sampleOf(lines, 'kafka_log_log_logendoffset{topic="a",partition="0"}')).toBe(3);
  expect(sampleOf(lines, 'kafka_cluster_partition_highwatermark{topic="a",partition="0"}')).toBe(3);
});

test('a deleted topic has no series of its own any more, and the sums keep what went through it', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('a');
  await fixture.produce('a', batchOf(['1', '2']));
  await fixture.deleteTopic('a');
  const lines = await linesOf(fixture);
  expect(sampleOf(lines, 'kafka_server_brokertopicmetrics_messagesin_total')).toBe(2);
  expect(lines.filter((line) => line.includes('topic="a"'))).toEqual([]);
});

test('requests are counted by API and version, with their errors and times', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('a');
  await fixture.produce('a', batchOf(['1']), { version: 9 });
  await fixture.produce('a', batchOf(['1']), { version: 12 });
  const heartbeat = { groupId: 'none', generationId: 1, memberId: 'm' };
  await fixture.client.request([heartbeatRequest, heartbeatResponse], 4, heartbeat);
  const lines = await linesOf(fixture);
  const requests = 'kafka_network_requestmetrics_requests_total';
  expect(sampleOf(lines, `${requests}{request="Produce",version="9"}`)).toBe(1);
  expect(sampleOf(lines, `${requests}{request="Produce",version="12"}`)).toBe(1);
  const error = lines.find((line) =>
    line.startsWith('kafka_network_requestmetrics_errors_total{request="Heartbeat"'),
  );
  expect(error).toMatch(/error="(NOT_COORDINATOR|UNKNOWN_MEMBER_ID|COORDINATOR_NOT_AVAILABLE)"} 1$/);
  expect(sampleOf(lines, 'kafka_network_requestmetrics_totaltimems_count{request="Produce"}')).toBe(2);
});

test('groups show their committed offsets and how far they are behind', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('a', 2);
  await fixture.produce('a', batchOf(['1', '2', '3', '4', '5']), { partition: 1 });
  const find = { keyType: 0, coordinatorKeys: ['readers'] };
  await fixture.client.request([findCoordinatorRequest, findCoordinatorResponse], 4, find);
  const commit = {
    groupId: 'readers',
    generationIdOrMemberEpoch: -1,
    memberId: '',
    topics: [{ name: 'a', partitions: [{ partitionIndex: 1, committedOffset: 2, committedMetadata: '' }] }],
  };
  await fixture.client.request([offsetCommitRequest, offsetCommitResponse], 8, commit);
  const lines = await linesOf(fixture);
  const labels = '{consumergroup="readers",topic="a",partition="1"}';
  expect(sampleOf(lines, `kafka_consumergroup_current_offset${labels}`)).toBe(2);
  expect(sampleOf(lines, `kafka_consumergroup_lag${labels}`)).toBe(3);
  expect(sampleOf(lines, 'kafka_consumergroup_lag_sum{consumergroup="readers"}')).toBe(3);
  const count = 'kafka_server_group_coordinator_metrics_group_count{protocol="classic",state="empty"}';
  expect(sampleOf(lines, count)).toBe(1);
});

test('connections are counted by listener, open and created', async () => {
  const fixture = await BrokerFixture.start();
  const client = await fixture.connect();
  client.connection.destroy();
  await fixture.platform.settle();
  const lines = await linesOf(fixture);
  const of = (name: string) =>
    sampleOf(lines, `kafka_server_socket_server_metrics_${name}{listener="PLAINTEXT"}`);
  expect(of('connection_count')).toBe(1);
  expect(of('connection_creation_total')).toBe(2);
});

test('a broker is ready while it serves, and says why it is not', async () => {
  const fixture = await BrokerFixture.start();
  expect(fixture.broker.problems()).toEqual([]);
  const lines = await linesOf(fixture);
  expect(sampleOf(lines, 'kafka_server_kafkaserver_brokerstate')).toBe(3);
  expect(sampleOf(lines, 'kafka_controller_kafkacontroller_activecontrollercount')).toBe(1);
  const { broker } = fixture;
  await fixture.during(broker.close());
  expect(broker.problems()).toEqual(['the broker is starting or stopping']);
});
