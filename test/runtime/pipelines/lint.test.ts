import { expect, test } from 'vitest';
import { lint, read } from './fixture.ts';

const head = 'name: p\n';
const source = 'source: {connector: lines, config: {file: f}}\n';

/** Lints a source with these lines as its config. */
const lintConfig = (...lines: string[]) =>
  lint(
    `name: p\nsource:\n  connector: lines\n  config:\n    file: f\n${lines.map((line) => `    ${line}\n`).join('')}`,
  );

test('a small pipeline is all right', () => {
  expect(lint(head + source)).toEqual([]);
});

test('a pipeline without anything to do is refused', () => {
  const problem = 'p.yaml:1:1: A pipeline needs a source, sinks, or both: there is nothing to do.';
  expect(lint(head)).toEqual([problem]);
  expect(lint(`${head}sinks: []\n`)).toEqual([problem]);
  expect(lint(`${head}sinks:\n`)).toEqual([problem]);
});

test.each([
  [
    'source: {connector: lines, config: {file: f}}',
    '1:1',
    'Missing required configuration "name" which has no default value.',
  ],
  [`name:\n${source}`, '1:6', 'Missing required configuration "name" which has no default value.'],
  [`name: ""\n${source}`, '1:7', 'Invalid value  for configuration name: String must be non-empty'],
  [
    `name: a b\n${source}`,
    '1:7',
    '"a b" is no name of a pipeline: letters, digits, ".", "_" and "-", at most 249.',
  ],
  [`name: [a]\n${source}`, '1:7', 'Invalid value [a] for configuration name: Expected value to be a string'],
])('the name of %j is not right', (text, place, message) => {
  expect(lint(text)).toEqual([`p.yaml:${place}: ${message}`]);
});

test.each([
  ['source: 5', '2:9', 'A source is a map with connector and config.'],
  ['source:', '2:8', 'A source is a map with connector and config.'],
  ['source: []', '2:9', 'A source is a map with connector and config.'],
  ['sinks: {connector: print}', '2:8', '"sinks" is a list: begin each item with "- ".'],
  ['sinks: [print]', '2:9', 'A sink is a map with connector and config.'],
  ['sinks: [{connector: print, config: x}]', '2:36', '"config" is a map of settings.'],
  [
    'sinks: [{connector: print, transforms: Filter}]',
    '2:40',
    '"transforms" is a list: begin each item with "- ".',
  ],
  ['sinks: [{connector: print, transforms: [Filter]}]', '2:41', 'A transform is a map with type and config.'],
  [
    'sinks: [{connector: print, transforms: [{type: Filter, when: x}]}]',
    '2:62',
    '"when" is a map with predicate, negate and config.',
  ],
  ['topic: t\nsinks: [{connector: print}]', '2:8', '"topic" is a map of settings.'],
  ['topic: {name: t, config: x}\nsinks: [{connector: print}]', '2:26', '"config" is a map of settings.'],
  ['topic: {name: t, value: 5}\nsinks: [{connector: print}]', '2:25', '"value" is a map of settings.'],
  ['errors: all\nsinks: [{connector: print}]', '2:9', '"errors" is a map of settings.'],
])('a part of the wrong form is told once: %s', (text, place, message) => {
  expect(lint(`name: p\n${text}\n`)).toEqual([`p.yaml:${place}: ${message}`]);
});

test.each([
  ['sinks: [{config: {}}]', '2:9', 'connector'],
  ['sinks: [{connector: print, transforms: [{}]}]', '2:41', 'type'],
  ['sinks: [{connector: print, transforms: [{type: Filter, when: {}}]}]', '2:62', 'predicate'],
  ['topic: {}\nsinks: [{connector: print}]', '2:8', 'name'],
  ['topic: {name: t, key: {}}\nsinks: [{connector: print}]', '2:23', 'format'],
  ['sinks: [{connector: store}]', '2:9', 'url'],
])('what is missing is told where it should be: %s', (text, place, key) => {
  expect(lint(`name: p\n${text}\n`)).toEqual([
    `p.yaml:${place}: Missing required configuration "${key}" which has no default value.`,
  ]);
});

test.each([
  ['sorce: {}', '3:1', 'sorce', 'Did you mean "source"?'],
  ['topic.name: t', '3:1', 'topic.name', 'Known here: name, description, source, topic, sinks, errors.'],
  ['topic: {name: t, partition: 4}', '3:18', 'partition', 'Did you mean "partitions"?'],
  ['topic: {name: t, value: {format: json, conf: {}}}', '3:40', 'conf', 'Did you mean "config"?'],
  ['errors: {tolerence: all}', '3:10', 'tolerence', 'Did you mean "tolerance"?'],
  ['errors: {retry: {timout: 1s}}', '3:18', 'retry.timout', 'Did you mean "retry.timeout"?'],
  ['sinks: [{connector: print, task: 2}]', '3:28', 'task', 'Did you mean "tasks"?'],
  [
    'sinks: [{connector: print, transforms: [{type: Filter, if: {}}]}]',
    '3:56',
    'if',
    'Known here: type, config, when.',
  ],
  ['sinks: [{connector: print, config: {x: 1}}]', '3:37', 'x', 'Known here: nothing.'],
  ['sinks: [{connector: print, config: {toString: 1}}]', '3:37', 'toString', 'Known here: nothing.'],
  [
    'sinks: [{connector: store, config: {url: "a:b", auth: {usr: x}}}]',
    '3:56',
    'auth.usr',
    'Did you mean "auth.user"?',
  ],
])('an unknown key is told with what was meant: %s', (text, place, key, hint) => {
  expect(lint(`${head}${source}${text}\n`)).toEqual([
    `p.yaml:${place}: Unknown configuration "${key}". ${hint}`,
  ]);
});

test.each([
  ['source: {connector: line}', '2:21', "There is no source 'line'. Did you mean 'lines'?"],
  ['source: {connector: print}', '2:21', "There is no source 'print'. Install the plugin that brings it."],
  [
    'sinks: [{connector: postgres-cdc}]',
    '2:21',
    "There is no sink 'postgres-cdc'. Install the plugin that brings it.",
  ],
  [
    'sinks: [{connector: print, transforms: [{type: Filtr}]}]',
    '2:48',
    /There is no transform 'Filtr'\. Did you mean '\S*[Ff]ilter'\?/,
  ],
  [
    'sinks: [{connector: print, transforms: [{type: Filter, when: {predicate: IsNull}}]}]',
    '2:74',
    /There is no predicate 'IsNull'/,
  ],
  [
    'topic: {name: t, value: avr0}\nsinks: [{connector: print}]',
    '2:25',
    "There is no converter 'avr0'. Did you mean 'avro'?",
  ],
  [
    'topic: {name: t, value: {format: xml}}\nsinks: [{connector: print}]',
    '2:34',
    /There is no converter 'xml'/,
  ],
])('a plugin that is not there is told where it is named: %s', (text, place, message) => {
  const problems = lint(`name: p\n${text}\n`);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(new RegExp(`^p\\.yaml:${place}: `));
  expect(problems[0]).toEqual(
    typeof message === 'string' ? `p.yaml:${place}: ${message}` : expect.stringMatching(message),
  );
});

test('plugins are found by the names that Connect users know', () => {
  const text =
    'name: p\ntopic: {name: t, value: io.confluent.connect.avro.AvroConverter}\n' +
    'source: {connector: com.example.LinesSourceConnector, config: {file: f}, transforms: [{type: org.apache.kafka.connect.transforms.Filter, when: {predicate: TopicNameMatches, config: {pattern: x.*}}}]}\n';
  expect(lint(text)).toEqual([]);
});

test.each([
  ['mode: hole', '6:11', 'Invalid value hole for configuration mode: String must be one of: whole, tail'],
  ['batch.size: ten', '6:17', 'Invalid value ten for configuration batch.size: Not a number of type INT'],
  ['batch.size: 0', '6:17', 'Invalid value 0 for configuration batch.size: Value must be at least 1'],
  [
    'poll.interval: soon',
    '6:20',
    'Invalid value soon for configuration poll.interval: Expected a duration such as 500ms, 5s, 2m, 1h or 7d',
  ],
  [
    'poll: {jitter: maybe}',
    '6:20',
    'Invalid value maybe for configuration poll.jitter: Expected value to be either true or false',
  ],
  ['labels: red', '6:13', 'Invalid value red for configuration labels: Expected a group of keys.'],
  ['mode: [tail]', '6:11', 'Invalid value [tail] for configuration mode: Expected value to be a string'],
])('a setting is checked as its plugin describes it: %s', (line, place, message) => {
  expect(lintConfig(line)).toEqual([`p.yaml:${place}: ${message}`]);
});

test.each([
  ['tasks: 0', '3:35', 'Invalid value 0 for configuration tasks: Value must be at least 1'],
  ['tasks: 1001', '3:35', 'Invalid value 1001 for configuration tasks: Value must be no more than 1000'],
  ['tasks: many', '3:35', 'Invalid value many for configuration tasks: Not a number of type INT'],
])('the settings of a connector are checked: %s', (text, place, message) => {
  expect(lint(`${head}${source}sinks: [{connector: print, ${text}}]`)).toEqual([
    `p.yaml:${place}: ${message}`,
  ]);
});

test.each([
  ['topic: {name: "a/b"}', '3:15', '"a/b" is no topic name: letters, digits, ".", "_" and "-", at most 249.'],
  ['topic: {name: ".."}', '3:15', '".." is no topic name: letters, digits, ".", "_" and "-", at most 249.'],
  ['topic: {name: ""}', '3:15', 'Invalid value  for configuration name: String must be non-empty'],
  [
    'topic: {name: t, partitions: 0}',
    '3:30',
    'Invalid value 0 for configuration partitions: Value must be at least 1',
  ],
  [
    'topic: {name: t, replication: {factor: -2}}',
    '3:40',
    'Invalid value -2 for configuration replication.factor: Value must be at least -1',
  ],
  [
    'errors: {tolerance: some}',
    '3:21',
    'Invalid value some for configuration tolerance: String must be one of: none, all',
  ],
  [
    'errors: {retry.timeout: x}',
    '3:25',
    'Invalid value x for configuration retry.timeout: Expected a duration such as 500ms, 5s, 2m, 1h or 7d',
  ],
  [
    'errors: {log: 3}',
    '3:15',
    'Invalid value 3 for configuration log: Expected value to be either true or false',
  ],
  [
    'errors: {tolerance: all, dead.letter.topic: a b}',
    '3:45',
    '"a b" is no topic name: letters, digits, ".", "_" and "-", at most 249.',
  ],
])('topic and errors are checked: %s', (text, place, message) => {
  expect(lint(`${head}${source}${text}\n`)).toEqual([`p.yaml:${place}: ${message}`]);
});

test.each(['errors: {dead.letter.topic: dlq}', 'errors: {tolerance: none, dead: {letter: {topic: dlq}}}'])(
  'a dead-letter topic needs tolerance: %s',
  (text) => {
    expect(lint(`${head}${source}${text}\n`)).toEqual([
      `p.yaml:3:${text.indexOf('dlq') + 1}: Bad records reach it only when they are tolerated. Set tolerance: all, or leave the dead-letter topic out.`,
    ]);
  },
);

test.each([
  ['name: x', 'name', 'name'],
  ['connector.class: x', 'connector.class', 'connector'],
  ['tasks.max: 3', 'tasks.max', 'tasks'],
  ['transforms: a', 'transforms', 'transforms'],
  ['predicates: a', 'predicates', 'transforms'],
  ['topics: t', 'topics', 'topic.name'],
  ['topics.regex: t.*', 'topics.regex', 'topic.name'],
  ['topic: t', 'topic', 'topic.name'],
])('what a pipeline derives is not set in a source: %s', (line, key, elsewhere) => {
  expect(lintConfig(line)).toEqual([
    `p.yaml:6:5: "${key}" is not set here. Use "${elsewhere}" of the pipeline.`,
  ]);
});

test('derived keys are refused nested as well, in sinks, and where the plugin is not known', () => {
  const text =
    'name: p\nsinks:\n  - connector: print\n    config:\n      tasks:\n        max: 3\n  - connector: nothing\n    config:\n      topics: t\n';
  expect(lint(text)).toEqual([
    'p.yaml:6:9: "tasks.max" is not set here. Use "tasks" of the pipeline.',
    expect.stringContaining("p.yaml:7:16: There is no sink 'nothing'."),
    'p.yaml:9:7: "topics" is not set here. Use "topic.name" of the pipeline.',
  ]);
});

test('settings of the worker are no unknown keys, dotted or nested', () => {
  expect(
    lintConfig(
      'key.converter: string',
      'value.converter.schemas.enable: false',
      'producer: {override: {linger.ms: 5}}',
      'topic.creation.default.partitions: 3',
      'errors: {log: {enable: true}}',
    ),
  ).toEqual([]);
  expect(lintConfig('producer: {overide: {linger.ms: 5}}')[0]).toMatch(
    /^p\.yaml:6:5: Unknown configuration "producer"/,
  );
});

test('settings may be dotted or nested, and problems stand where they are', () => {
  expect(lintConfig('poll.interval: x', 'poll.jitter: true')[0]).toMatch(/^p\.yaml:6:20: /);
  expect(lintConfig('poll:', '  interval: x', '  jitter: 4').map((problem) => problem.slice(0, 13))).toEqual([
    'p.yaml:7:17: ',
    'p.yaml:8:15: ',
  ]);
  const auth = (text: string) => lint(`${head}sinks: [{connector: store, config: {url: "a:b", ${text}}}]\n`);
  expect(auth('auth: {user: me}')).toEqual([]);
  expect(auth('auth.user: me')).toEqual([]);
  expect(auth('auth.usr: me')[0]).toMatch(
    /^p\.yaml:2:49: Unknown configuration "auth\.usr"\. Did you mean "auth\.user"\?$/,
  );
  expect(auth('auth: me')[0]).toMatch(/^p\.yaml:2:55: Invalid value me for configuration auth/);
});

test('rules between settings are checked, and stand where their settings are', () => {
  expect(lintConfig('mode: tail', 'columns: [a]')).toEqual([
    'p.yaml:6:11: A tail has no columns.',
    'p.yaml:7:14: Columns need mode whole. Remove them.',
  ]);
  expect(lint(`${head}sinks: [{connector: store, config: {url: "ftp://x"}}]\n`)).toEqual([
    'p.yaml:2:36: The store does not speak FTP.',
  ]);
});

test('rules of transforms, predicates and formats are checked', () => {
  const sink = (transform: string) =>
    lint(`${head}sinks: [{connector: print, transforms: [${transform}]}]\n`);
  expect(sink('{type: Cast$Value, config: {spec: a:int33}}')[0]).toMatch(/^p\.yaml:2:\d+: .*int33/);
  expect(sink('{type: InsertField$Value, config: {static.feld: a}}')[0]).toMatch(
    /^p\.yaml:2:76: Unknown configuration "static\.feld"\. Did you mean "static\.field"\?$/,
  );
  expect(sink('{type: Filter, when: {predicate: TopicNameMatches, config: {pattern: "("}}}')[0]).toMatch(
    /^p\.yaml:2:110: Invalid value \( for configuration pattern/,
  );
  const format = (text: string) => lint(`${head}${source}topic: {name: t, value: ${text}}\n`);
  expect(format('{format: avro, config: {auto.register.schemas: maybe}}')[0]).toMatch(
    /^p\.yaml:3:72: Invalid value maybe/,
  );
  expect(format('{format: avro, config: {auto: {register: {schemas: false}}}}')).toEqual([]);
  expect(format('{format: avro, config: {use.latest.version: true}}')[0]).toMatch(
    /^p\.yaml:3:\d+: use\.latest\.version=true needs auto\.register\.schemas=false/,
  );
});

test('an item that a list cannot carry is refused', () => {
  const hint =
    'Items cannot have commas, or blanks around them: lists are passed on with commas between items.';
  expect(lintConfig('columns: [a, "b,c"]')).toEqual([
    `p.yaml:6:14: "b,c" cannot be in a list of settings. ${hint}`,
  ]);
  expect(lintConfig('labels: {x: [" a"]}')).toEqual([
    `p.yaml:6:17: " a" cannot be in a list of settings. ${hint}`,
  ]);
  expect(lintConfig('columns: a, b')).toEqual([]);
});

test('two connectors cannot have one name', () => {
  expect(
    lint(
      'name: p\nsinks:\n  - connector: print\n  - text\n  - connector: print\n  - {connector: store, name: print, config: {url: "a:b"}}\n',
    ),
  ).toEqual([
    'p.yaml:4:5: A sink is a map with connector and config.',
    'p.yaml:5:5: Two connectors are called "p-print". Give each a name of its own.',
    'p.yaml:6:30: Two connectors are called "p-print". Give each a name of its own.',
  ]);
  expect(lint(`${head}${source}sinks: [{connector: print, name: source}]\n`)).toEqual([
    'p.yaml:3:34: Two connectors are called "p-source". Give each a name of its own.',
  ]);
});

test('schemas stand in the file or beside it, not both', () => {
  const format = (text: string) => lint(`${head}${source}topic: {name: t, value: {${text}}}\n`);
  expect(format('format: avro, schema.file: order.avsc')).toEqual([]);
  expect(format('format: avro, schema: \'"string"\'')).toEqual([]);
  expect(format('format: avro, schema.file: gone.avsc')).toEqual([
    'p.yaml:3:53: gone.avsc cannot be read: no such file.',
  ]);
  expect(format('format: avro, schema: x, schema.file: order.avsc')).toEqual([
    'p.yaml:3:51: Give schema or schema.file, not both.',
  ]);
  expect(format('format: json, schema.file: order.avsc')).toEqual([
    'p.yaml:3:40: The format json has no schemas. Use avro, json-schema or protobuf.',
  ]);
  expect(format('format: avro, schema: {type: record}')[0]).toMatch(
    /^p\.yaml:3:48: .*Expected value to be a string$/,
  );
});

test('the schema of a file becomes the schema of the topic', () => {
  const { topic } = read(`${head}${source}topic: {name: t, key: {format: avro, schema.file: order.avsc}}\n`);
  expect(topic.key.schema).toBe('{"type": "string"}');
  expect(topic.value).toEqual({ format: 'json', config: {}, schema: undefined });
});

test('ten mistakes are ten problems, in the order of the file', () => {
  const text = `name: my pipeline
sources: {}
source:
  connector: lines
  config:
    file: \${LINES_FILE}
    batch.size: ten
    pol.interval: 1s
topic:
  name: orders
  partitions: 0
  value: {format: avro, schema.file: missing.avsc}
sinks:
  - connector: stor
  - connector: print
    transforms:
      - type: Filter
        when: {predicate: TopicNameMatches, config: {}}
errors:
  tolerance: none
  dead.letter.topic: dlq
`;
  const problems = lint(text);
  expect(problems.map((problem) => problem.split(':', 3).slice(1).join(':'))).toEqual([
    '1:7',
    '2:1',
    '6:11',
    '7:17',
    '8:5',
    '11:15',
    '12:38',
    '14:16',
    '18:53',
    '21:22',
  ]);
});
