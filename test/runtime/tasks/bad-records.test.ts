import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Logger, silentLogger } from '../../../platform/logger.ts';
import {
  defineSource,
  defineTransform,
  FatalError,
  type Plugin,
  RecordError,
  RetriableError,
} from '../../../runtime/plugin/index.ts';
import { TestCluster, until } from '../herder/cluster.ts';
import { CountingSource, TableSink } from '../herder/memory-plugins.ts';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await TestCluster.start();
});
afterEach(() => cluster.close());

/** Fails on records whose value says so. */
const fragile = defineTransform({
  name: 'fragile',
  version: '1.0.0',
  aliases: ['test.Fragile'],
  config: { type: 'object', properties: {} },
  map: (record) => {
    if ((record.value as { n?: unknown } | null)?.n === 4) throw new Error('four is bad');
    return record;
  },
}) as unknown as Plugin;

const tolerant = { 'errors.tolerance': 'all' };
const dead = {
  ...tolerant,
  'errors.deadletterqueue.topic.name': 'dead',
  'errors.deadletterqueue.context.headers.enable': 'true',
};
const out = { 'connector.class': 'table', topics: 't' };

async function send(values: readonly string[]): Promise<void> {
  const client = cluster.client();
  await client.producer().send(
    values.map((value, index) => ({
      topic: 't',
      partition: 0,
      key: Buffer.from(`k${index}`),
      value: Buffer.from(value),
      headers: [{ key: 'own', value: Buffer.from('kept') }],
      timestamp: 1_000 + index,
    })),
  );
  await client.close();
}

test('a sink puts records it cannot read into the dead letter queue, as they were, with the reason in headers', async () => {
  await send(['{"n":0}', '{broken', '{"n":2}']);
  const sink = new TableSink();
  const worker = await cluster.worker([sink.plugin]);
  await worker.herder.createConnector('out', { ...out, ...dead });
  await worker.whenDone(['out']);
  expect(sink.table()).toEqual([{ n: 0 }, { n: 2 }]);
  const [letter, ...others] = await cluster.read('dead');
  expect(others).toEqual([]);
  expect(letter).toMatchObject({ key: 'k1', value: '{broken', timestamp: 1_001 });
  const {
    '__connect.errors.exception.message': message,
    '__connect.errors.exception.stacktrace': stack,
    ...rest
  } = letter?.headers ?? {};
  expect(rest).toEqual({
    own: 'kept',
    '__connect.errors.topic': 't',
    '__connect.errors.partition': '0',
    '__connect.errors.offset': '1',
    '__connect.errors.connector.name': 'out',
    '__connect.errors.task.id': '0',
    '__connect.errors.stage': 'VALUE_CONVERTER',
    '__connect.errors.class.name': 'org.apache.kafka.connect.json.JsonConverter',
    '__connect.errors.exception.class.name': 'DataError',
  });
  expect(stack).toContain(message);
  expect(worker.progress()[0]?.tasks[0]).toMatchObject({
    recordsRead: 3,
    recordsWritten: 2,
    recordsDeadLettered: 1,
    recordsSkipped: 0,
    failures: 1,
  });
});

test('without tolerance the first bad record fails the task, and its offset is not committed', async () => {
  await send(['{"n":0}', '{broken', '{"n":2}']);
  const sink = new TableSink();
  const worker = await cluster.worker([sink.plugin]);
  await worker.herder.createConnector('out', { ...out, 'errors.deadletterqueue.topic.name': 'dead' });
  await expect(worker.whenDone(['out'])).rejects.toThrow('Tolerance exceeded in error handler');
  expect(sink.rows).toEqual([]);
  expect(worker.herder.connectorStatus('out').tasks[0]?.trace).toMatch(
    /Tolerance exceeded[\s\S]*Caused by: DataError/,
  );
  expect(await worker.herder.connectorOffsets('out')).toEqual([]);
  await worker.herder.putConnectorConfig('out', { ...out, ...tolerant });
  await worker.whenDone(['out']);
  expect(sink.table()).toEqual([{ n: 0 }, { n: 2 }]);
  expect(worker.progress()[0]?.tasks[0]).toMatchObject({ recordsSkipped: 1, recordsDeadLettered: 0 });
});

test('a transform that fails on one record takes only that record out, on both sides', async () => {
  const source = new CountingSource();
  const sink = new TableSink();
  const worker = await cluster.worker([source.plugin, sink.plugin, fragile]);
  const transform = { transforms: 'f', 'transforms.f.type': 'fragile' };
  const into = { 'connector.class': 'counting', topic: 't', records: '6', ...transform };
  await worker.herder.createConnector('in', { ...into, ...dead });
  await worker.whenDone(['in']);
  expect((await cluster.read('t')).map(({ value }) => JSON.parse(value ?? '').n)).toEqual([0, 1, 2, 3, 5]);
  const [letter] = await cluster.read('dead');
  expect(letter).toMatchObject({ key: '0-4', value: '{"n":4,"partition":0}' });
  expect(letter?.headers).toMatchObject({
    '__connect.errors.source.partition': '{"id":0}',
    '__connect.errors.source.position': '6',
    '__connect.errors.stage': 'TRANSFORMATION',
    '__connect.errors.class.name': 'test.Fragile',
    '__connect.errors.exception.message': 'four is bad',
  });
  expect(worker.progress()[0]?.tasks[0]).toMatchObject({
    recordsRead: 6,
    recordsWritten: 5,
    recordsDeadLettered: 1,
  });
  await send(['{"n":4}']);
  await worker.herder.createConnector('out', { ...out, ...tolerant, ...transform });
  await worker.whenDone(['out']);
  expect(sink.table()).toHaveLength(5);
});

test('a source without tolerance fails before its position passes the bad record', async () => {
  const source = new CountingSource();
  const worker = await cluster.worker([source.plugin, fragile]);
  const transform = { transforms: 'f', 'transforms.f.type': 'fragile' };
  await worker.herder.createConnector('in', { 'connector.class': 'counting', topic: 't', ...transform });
  await expect(worker.whenDone(['in'])).rejects.toThrow('four is bad');
  await until(async () => (await worker.herder.connectorOffsets('in')).length === 1);
  expect(await worker.herder.connectorOffsets('in')).toMatchObject([{ offset: { 'millrace.position': 3 } }]);
});

test('a record that is too large for the broker goes to the dead letter queue of its source', async () => {
  const source = new CountingSource();
  source.make = (n) => ({ value: n === 2 ? 'x'.repeat(2_000) : 'small' });
  const worker = await cluster.worker([source.plugin]);
  const limits = { 'producer.override.max.request.size': '1000' };
  const text = { 'value.converter': 'string' };
  await worker.herder.createConnector('in', {
    'connector.class': 'counting',
    topic: 't',
    ...limits,
    ...dead,
    ...text,
  });
  await worker.whenDone(['in']);
  expect(await cluster.read('t')).toHaveLength(9);
  const [letter] = await cluster.read('dead');
  expect(letter?.value).toHaveLength(2_000);
  expect(letter?.headers['__connect.errors.stage']).toBe('KAFKA_PRODUCE');
});

test('records that a sink refuses by number are dead-lettered, the others count as written', async () => {
  await send(['1', '2', '3', '4']);
  const sink = new TableSink();
  sink.beforeWrite = (records) =>
    records.flatMap(({ value }, index) =>
      value === 2 || value === 4 ? [new RecordError(index, `no ${value}`)] : [],
    );
  const worker = await cluster.worker([sink.plugin]);
  await worker.herder.createConnector('out', { ...out, ...dead });
  await worker.whenDone(['out']);
  expect(sink.table()).toEqual([1, 3]);
  const letters = await cluster.read('dead');
  expect(letters.map(({ value }) => value)).toEqual(['2', '4']);
  expect(letters[1]?.headers).toMatchObject({
    '__connect.errors.stage': 'TASK_PUT',
    '__connect.errors.class.name': 'test.TableSinkConnector',
    '__connect.errors.exception.message': 'no 4',
  });
});

test('a batch that fails as a whole is halved until the bad records are alone', async () => {
  await send(Array.from({ length: 50 }, (_, n) => String(n)));
  const sink = new TableSink();
  const bad = [0, 17, 18, 49];
  sink.beforeWrite = (records) => {
    const culprit = records.find(({ value }) => bad.includes(Number(value)));
    if (culprit !== undefined) throw new Error(`constraint violated by one of ${records.length}`);
    return undefined;
  };
  const worker = await cluster.worker([sink.plugin]);
  await worker.herder.createConnector('out', { ...out, ...dead });
  await worker.whenDone(['out']);
  expect(sink.table()).toEqual(Array.from({ length: 50 }, (_, n) => n).filter((n) => !bad.includes(n)));
  expect((await cluster.read('dead')).map(({ value }) => Number(value))).toEqual(bad);
});

test('a fatal error fails the task even when errors are tolerated', async () => {
  await send(['1', '2']);
  const sink = new TableSink();
  sink.beforeWrite = () => {
    throw new FatalError('the disk is full');
  };
  const worker = await cluster.worker([sink.plugin]);
  await worker.herder.createConnector('out', { ...out, ...dead });
  await expect(worker.whenDone(['out'])).rejects.toThrow('the disk is full');
  expect(await cluster.read('dead')).toEqual([]);
  expect(await worker.herder.connectorOffsets('out')).toEqual([]);
});

test('a connector without a converter or transform of that name fails and says so', async () => {
  const source = new CountingSource();
  const worker = await cluster.worker([source.plugin]);
  const config = { 'connector.class': 'counting', topic: 't' };
  await expect(worker.herder.createConnector('in', { ...config, 'value.converter': 'nope' })).rejects.toThrow(
    'Class nope could not be found',
  );
  const predicate = { transforms: 'f', 'transforms.f.type': 'Filter', 'transforms.f.predicate': 'p' };
  await worker.herder.createConnector('in', { ...config, ...predicate });
  await expect(worker.whenDone(['in'])).rejects.toThrow("names the predicate 'p', which is not there");
});

/** A source whose second line is no record. */
const lines = defineSource({
  name: 'lines',
  version: '1.0.0',
  config: { type: 'object', required: ['topic'], properties: { topic: { type: 'string' } } },
  async *read(_config, { position }) {
    if (position !== undefined) return;
    const unreadable = {
      error: new Error('line 2: no record'),
      raw: Buffer.from('b;;'),
      headers: { file: 'x.csv' },
    };
    yield { records: [{ value: 'a' }, { value: 'c' }], unreadable: [unreadable], position: 3 };
  },
}) as unknown as Plugin;

test('what a source could not read goes to the dead letter queue byte for byte', async () => {
  const worker = await cluster.worker([lines]);
  await worker.herder.createConnector('in', { 'connector.class': 'lines', topic: 't', ...dead });
  await worker.whenDone(['in']);
  expect((await cluster.read('t')).map(({ value }) => value)).toEqual(['"a"', '"c"']);
  const [letter] = await cluster.read('dead');
  expect(letter).toMatchObject({ key: null, value: 'b;;' });
  expect(letter?.headers).toMatchObject({
    file: 'x.csv',
    '__connect.errors.topic': 't',
    '__connect.errors.stage': 'TASK_POLL',
    '__connect.errors.class.name': 'lines',
    '__connect.errors.exception.message': 'line 2: no record',
  });
  expect(worker.progress()[0]?.tasks[0]).toMatchObject({
    recordsRead: 3,
    recordsWritten: 2,
    recordsDeadLettered: 1,
  });
});

test('without tolerance a line that is no record fails the task before its neighbours are sent', async () => {
  const worker = await cluster.worker([lines]);
  await worker.herder.createConnector('in', { 'connector.class': 'lines', topic: 't' });
  await expect(worker.whenDone(['in'])).rejects.toThrow('line 2: no record');
  expect(await worker.herder.connectorOffsets('in')).toEqual([]);
  expect(await cluster.client().admin().listTopics()).not.toContainEqual(
    expect.objectContaining({ name: 't' }),
  );
});

test('tolerated errors are logged when that is asked for, with the place on request', async () => {
  const printed: object[] = [];
  const logger: Logger = {
    ...silentLogger,
    error: (fields) => void printed.push(fields),
    child: () => logger,
  };
  await cluster.close();
  cluster = await TestCluster.start(logger);
  await send(['{broken']);
  const sink = new TableSink();
  const worker = await cluster.worker([sink.plugin]);
  await worker.herder.createConnector('quiet', { ...out, ...tolerant });
  await worker.herder.createConnector('loud', { ...out, ...tolerant, 'errors.log.enable': 'true' });
  const place = { 'errors.log.enable': 'true', 'errors.log.include.messages': 'true' };
  await worker.herder.createConnector('exact', { ...out, ...tolerant, ...place });
  await worker.whenDone(['quiet', 'loud', 'exact']);
  expect(printed).toHaveLength(2);
  expect(printed.filter((fields) => 'record' in fields)).toMatchObject([
    { stage: 'VALUE_CONVERTER', record: { topic: 't', partition: 0, offset: 0, timestamp: 1_000 } },
  ]);
});

const poison = 321;
const isPoison = ({ value }: { readonly value?: unknown }): boolean => value === poison;

test.each<readonly [string, TableSink['beforeWrite']]>([
  [
    'throws the whole batch back',
    (records) => {
      if (records.some(isPoison)) throw new Error('the batch has a bad record');
      return undefined;
    },
  ],
  [
    'reports the record',
    (records) =>
      records.flatMap((record, index) => (isPoison(record) ? [new RecordError(index, 'poison')] : [])),
  ],
  [
    'reports all records of the batch with one message',
    (records) =>
      records.some(isPoison) ? records.map((_, index) => new RecordError(index, 'batch refused')) : [],
  ],
])(
  'of 500 records with one poisoned, 499 are written once and one is dead-lettered, by a sink that %s',
  async (_, refuse) => {
    await send(Array.from({ length: 500 }, (_, n) => String(n)));
    const sink = new TableSink();
    let retriesLeft = 2;
    const sizes: number[] = [];
    sink.beforeWrite = (records) => {
      sizes.push(records.length);
      if (retriesLeft-- > 0) throw new RetriableError('not yet');
      return refuse?.(records);
    };
    const worker = await cluster.worker([sink.plugin]);
    await worker.herder.createConnector('out', { ...out, ...dead, 'errors.retry.delay.max.ms': '1' });
    await worker.whenDone(['out']);
    expect(sizes.slice(0, 3)).toEqual([500, 500, 500]);
    expect(sink.rows.map(({ value }) => value)).toEqual(
      Array.from({ length: 500 }, (_, n) => n).filter((n) => n !== poison),
    );
    const letters = await cluster.read('dead');
    expect(letters).toHaveLength(1);
    expect(letters[0]).toMatchObject({ key: 'k321', value: '321', timestamp: 1_321 });
    expect(letters[0]?.headers).toMatchObject({
      own: 'kept',
      '__connect.errors.topic': 't',
      '__connect.errors.partition': '0',
      '__connect.errors.offset': '321',
      '__connect.errors.connector.name': 'out',
      '__connect.errors.task.id': '0',
      '__connect.errors.stage': 'TASK_PUT',
      '__connect.errors.class.name': 'test.TableSinkConnector',
    });
    expect(worker.progress()[0]?.tasks[0]).toMatchObject({
      recordsRead: 500,
      recordsWritten: 499,
      recordsDeadLettered: 1,
      recordsSkipped: 0,
      retries: 2,
      failures: 1,
    });
  },
);

test('a refusal of a record that is not in the batch fails the task, and nothing of the batch is committed', async () => {
  await send(['1', '2']);
  const sink = new TableSink();
  sink.beforeWrite = () => [new RecordError(7, 'which one?')];
  const worker = await cluster.worker([sink.plugin]);
  await worker.herder.createConnector('out', { ...out, ...dead });
  await expect(worker.whenDone(['out'])).rejects.toThrow('refused record 7 of a batch of 2');
  expect(await worker.herder.connectorOffsets('out')).toEqual([]);
});
