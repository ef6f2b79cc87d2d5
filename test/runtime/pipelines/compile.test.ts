import { expect, test } from 'vitest';
import { compilePipeline } from '../../../runtime/pipelines/index.ts';
import { read } from './fixture.ts';

const compile = (text: string) => compilePipeline(read(text));

const errors = {
  'errors.tolerance': 'none',
  'errors.retry.timeout': '0',
  'errors.retry.delay.max.ms': '60000',
  'errors.log.enable': 'false',
};
const formats = { 'key.converter': 'string', 'value.converter': 'json' };

test('a pipeline is its source, then its sinks, on one topic that is called like it', () => {
  const text =
    'name: p\nsinks: [{connector: print}, {connector: print, name: again, tasks: 3}]\nsource: {connector: lines, config: {file: f}}\n';
  expect(compile(text)).toEqual([
    {
      name: 'p-source',
      config: { 'connector.class': 'lines', 'tasks.max': '1', topic: 'p', file: 'f', ...formats, ...errors },
    },
    {
      name: 'p-print',
      config: { 'connector.class': 'print', 'tasks.max': '1', topics: 'p', ...formats, ...errors },
    },
    {
      name: 'p-again',
      config: { 'connector.class': 'print', 'tasks.max': '3', topics: 'p', ...formats, ...errors },
    },
  ]);
});

test('a source and a class name give connectors their names', () => {
  const names = (text: string) => compile(text).map(({ name, config }) => [name, config['connector.class']]);
  expect(
    names('name: p\nsource: {connector: com.example.LinesSourceConnector, name: in, config: {file: f}}\n'),
  ).toEqual([['p-in', 'com.example.LinesSourceConnector']]);
});

test('nested settings are joined with dots, lists with commas, and empty ones left out', () => {
  const [source] = compile(
    'name: p\nsource:\n  connector: lines\n  config:\n    file: f\n    mode:\n    columns: [a, b, 3]\n    batch: {size: 10}\n    poll: {jitter: true}\n    labels: {team: {name: x}, on: false}\n',
  );
  expect(source?.config).toEqual({
    'connector.class': 'lines',
    'tasks.max': '1',
    topic: 'p',
    file: 'f',
    columns: 'a,b,3',
    'batch.size': '10',
    'poll.jitter': 'true',
    'labels.team.name': 'x',
    'labels.on': 'false',
    ...formats,
    ...errors,
  });
});

test('a setting of the worker overrides what the pipeline says', () => {
  const [sink] = compile(
    'name: p\nsinks: [{connector: print, config: {errors.log.enable: true, value: {converter: bytes}}}]\n',
  );
  expect(sink?.config).toMatchObject({ 'errors.log.enable': 'true', 'value.converter': 'bytes' });
});

test('transforms keep their order, and each has the predicate that it asks for', () => {
  const [sink] = compile(`name: p
sinks:
  - connector: print
    transforms:
      - type: ReplaceField$Value
        config: {exclude: [a, b], renames: [x:y]}
      - type: Filter
        when: {predicate: RecordIsTombstone}
      - type: InsertField$Key
        config: {static: {field: v, value: 1.0}}
        when:
          predicate: TopicNameMatches
          negate: true
          config: {pattern: a.*}
`);
  const { 'connector.class': _class, 'tasks.max': _tasks, topics: _topics, ...config } = sink?.config ?? {};
  expect(config).toEqual({
    ...formats,
    ...errors,
    transforms: 't1,t2,t3',
    predicates: 'p2,p3',
    'transforms.t1.type': 'ReplaceField$Value',
    'transforms.t1.exclude': 'a,b',
    'transforms.t1.renames': 'x:y',
    'transforms.t2.type': 'Filter',
    'transforms.t2.predicate': 'p2',
    'transforms.t2.negate': 'false',
    'predicates.p2.type': 'RecordIsTombstone',
    'transforms.t3.type': 'InsertField$Key',
    'transforms.t3.static.field': 'v',
    'transforms.t3.static.value': '1.0',
    'transforms.t3.predicate': 'p3',
    'transforms.t3.negate': 'true',
    'predicates.p3.type': 'TopicNameMatches',
    'predicates.p3.pattern': 'a.*',
  });
});

test('error handling is the same for source and sinks', () => {
  const text = `name: p
source: {connector: lines, config: {file: f}}
sinks: [{connector: print}]
topic: {name: t, replication.factor: 2}
errors: {tolerance: all, dead.letter.topic: dlq, retry: {timeout: 5m, delay.max: 2s}, log: true}
`;
  for (const { config } of compile(text)) {
    expect(config).toMatchObject({
      'errors.tolerance': 'all',
      'errors.retry.timeout': '300000',
      'errors.retry.delay.max.ms': '2000',
      'errors.log.enable': 'true',
      'errors.deadletterqueue.topic.name': 'dlq',
      'errors.deadletterqueue.topic.replication.factor': '2',
      'errors.deadletterqueue.context.headers.enable': 'true',
    });
  }
});

test('without a replication factor the dead-letter topic gets what the cluster is large enough for', () => {
  const [sink] = compile(
    'name: p\nsinks: [{connector: print}]\nerrors: {tolerance: all, dead.letter.topic: dlq}\n',
  );
  expect(sink?.config).not.toHaveProperty(['errors.deadletterqueue.topic.replication.factor']);
});

test('retries may go on for ever', () => {
  expect(
    compile('name: p\nsinks: [{connector: print}]\nerrors: {retry.timeout: -1}\n')[0]?.config,
  ).toMatchObject({
    'errors.retry.timeout': '-1',
  });
});

test('formats bring their settings, and a schema of the topic takes no others', () => {
  const text = `name: p
source: {connector: lines, config: {file: f}}
topic:
  name: t
  key: {format: avro, config: {key.subject.name.strategy: x, schema: {registry: {url: "http://r"}}}}
  value: {format: json-schema, schema: '{"type": "object"}'}
`;
  const [source] = compile(text.replace('key.subject.name.strategy: x, ', ''));
  expect(source?.config).toMatchObject({
    topic: 't',
    'key.converter': 'avro',
    'key.converter.schema.registry.url': 'http://r',
    'value.converter': 'json-schema',
    'value.converter.auto.register.schemas': 'false',
    'value.converter.use.latest.version': 'true',
  });
  expect(source?.config).not.toHaveProperty(['key.converter.auto.register.schemas']);
});

test('the topic is read with its own settings', () => {
  const { topic } = read(
    'name: p\nsinks: [{connector: print}]\ntopic:\n  name: t\n  partitions: 4\n  replication: {factor: 3}\n  config: {cleanup.policy: [compact, delete], retention: {ms: 1000}}\n  key: bytes\n  value: {format: avro}\n',
  );
  expect(topic).toEqual({
    name: 't',
    partitions: 4,
    replicationFactor: 3,
    config: { 'cleanup.policy': 'compact,delete', 'retention.ms': '1000' },
    key: { format: 'bytes', config: {}, schema: undefined },
    value: { format: 'avro', config: {}, schema: undefined },
  });
});
