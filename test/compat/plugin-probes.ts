/** A config to validate, and the connector class whose path is asked. */
export interface Probe {
  readonly name: string;
  readonly plugin: string;
  readonly config: Readonly<Record<string, string>>;
}

const transforms = 'org.apache.kafka.connect.transforms';
const converters = 'org.apache.kafka.connect.converters';

/** Settings of transforms: none, right ones, wrong ones. */
const transformSettings: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>> = {
  Cast: [
    { spec: 'a:int32,b:string' },
    { spec: 'a:nothing' },
    { spec: '' },
    { spec: 'int8', 'replace.null.with.default': 'perhaps' },
  ],
  DropHeaders: [{ headers: 'a,b' }, { headers: '' }],
  ExtractField: [
    { field: 'a' },
    { field: 'a.b', 'field.syntax.version': 'V2' },
    { field: 'a', 'field.syntax.version': 'V3' },
  ],
  Filter: [{ predicate: 'p' }, { predicate: 'p', negate: 'true' }, { negate: 'no' }],
  Flatten: [{ delimiter: '_' }, { delimiter: '' }],
  HeaderFrom: [
    { fields: 'a,b', headers: 'x,y', operation: 'move' },
    { fields: 'a', headers: 'x', operation: 'copied' },
    { fields: '', headers: '' },
  ],
  HoistField: [{ field: 'a' }, { field: '' }],
  InsertField: [
    { 'static.field': 'a', 'static.value': 'b' },
    { 'topic.field': 't!', 'offset.field': 'o?' },
  ],
  InsertHeader: [{ header: 'h', 'value.literal': '12' }, { header: '' }],
  MaskField: [{ fields: 'a,b' }, { fields: '', replacement: '' }, { fields: 'a', replacement: '***' }],
  RegexRouter: [{ regex: 'a(.*)', replacement: 'b$1' }, { regex: '(', replacement: 'x' }, { regex: '' }],
  ReplaceField: [
    { include: 'a', renames: 'a:b' },
    { exclude: 'x,y' },
    { renames: 'a' },
    { renames: 'a:b,c:d:e' },
  ],
  SetSchemaMetadata: [{ 'schema.name': 'n', 'schema.version': '2' }, { 'schema.version': 'two' }],
  TimestampConverter: [
    { 'target.type': 'string', format: 'yyyy' },
    { 'target.type': 'never' },
    { 'target.type': 'unix', 'unix.precision': 'hours' },
    { 'target.type': 'string' },
  ],
  TimestampRouter: [{ 'timestamp.format': 'yyyy' }, { 'topic.format': '' }],
  ValueToKey: [{ fields: 'a' }, { fields: '' }],
};

const predicateSettings: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>> = {
  HasHeaderKey: [{ name: 'h' }, { name: '' }],
  RecordIsTombstone: [{ any: 'thing' }],
  TopicNameMatches: [{ pattern: 'a.*' }, { pattern: '[' }, { pattern: '' }],
};

const converterSettings: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>> = {
  [`${converters}.BooleanConverter`]: [{}],
  [`${converters}.ByteArrayConverter`]: [{}],
  [`${converters}.DoubleConverter`]: [{}],
  [`${converters}.FloatConverter`]: [{}],
  [`${converters}.IntegerConverter`]: [{}],
  [`${converters}.LongConverter`]: [{}],
  [`${converters}.ShortConverter`]: [{}],
  'org.apache.kafka.connect.json.JsonConverter': [
    {},
    { 'schemas.enable': 'false', 'decimal.format': 'numeric' },
    { 'schemas.enable': 'maybe', 'schemas.cache.size': '-1', 'decimal.format': 'ROMAN' },
  ],
  'org.apache.kafka.connect.storage.StringConverter': [
    {},
    { encoding: 'UTF-16' },
    { 'converter.encoding': 'latin1' },
  ],
};

const headerConverters = [
  'org.apache.kafka.connect.storage.SimpleHeaderConverter',
  'org.apache.kafka.connect.storage.StringConverter',
  'org.apache.kafka.connect.json.JsonConverter',
  `${converters}.ByteArrayConverter`,
];

const source = { name: 'n', 'connector.class': 'FileStreamSource', topic: 't' };
const sink = { name: 'n', 'connector.class': 'FileStreamSink', topics: 't' };

/** What both workers are asked to validate. */
export function validationProbes(): readonly Probe[] {
  return [...connectorProbes(), ...transformProbes(), ...predicateProbes(), ...converterProbes()];
}

function connectorProbes(): readonly Probe[] {
  const cases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    plain: {},
    'a file': { file: '/tmp/x', 'batch.size': '5' },
    'wrong values': {
      'tasks.max': '0',
      'batch.size': 'many',
      'errors.tolerance': 'some',
      'errors.log.enable': 'ja',
    },
    'wrong numbers': {
      'errors.retry.timeout': 'long',
      'errors.retry.delay.max.ms': '1.5',
      'tasks.max': '9999999999',
    },
    'an unknown reload action': { 'config.action.reload': 'explode' },
    'unknown aliases': { transforms: 'a', predicates: 'p' },
    'aliases twice': { transforms: 'a,a', predicates: 'p,p' },
    'unknown classes': {
      transforms: 'a',
      'transforms.a.type': 'Nope',
      predicates: 'p',
      'predicates.p.type': 'Nope',
    },
    'unknown converters': { 'key.converter': 'Nope', 'header.converter': 'Nope' },
    'dead letters': { 'errors.deadletterqueue.topic.name': 'd', 'errors.tolerance': 'all' },
    'an empty name': { name: '' },
    'client overrides': {
      'producer.override.linger.ms': '5',
      'consumer.override.max.poll.records': '5',
      'admin.override.retries': '3',
    },
  };
  const topicCases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'topic creation': {
      'topic.creation.default.replication.factor': '1',
      'topic.creation.default.partitions': '2',
    },
    'exactly once requested': { 'exactly.once.support': 'requested', 'transaction.boundary': 'interval' },
    'a boundary that is none': { 'transaction.boundary': 'sometimes', 'exactly.once.support': 'maybe' },
    'no topic': { topic: '' },
  };
  const sinkCases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'topics and pattern': { 'topics.regex': 't.*' },
    'a wrong pattern': { topics: '', 'topics.regex': '[' },
    'topics twice': { topics: 'a,a' },
    'dead letters among the topics': { 'errors.deadletterqueue.topic.name': 't' },
  };
  return [
    ...Object.entries({ ...cases, ...topicCases }).map(([name, extra]) =>
      sourceProbe(`source, ${name}`, extra),
    ),
    ...Object.entries({ ...cases, ...sinkCases }).map(([name, extra]) => sinkProbe(`sink, ${name}`, extra)),
  ];
}

function transformProbes(): readonly Probe[] {
  const sided = (name: string) =>
    !['DropHeaders', 'Filter', 'InsertHeader', 'RegexRouter', 'TimestampRouter', 'ValueToKey'].includes(name);
  return Object.entries(transformSettings).flatMap(([name, settings]) => {
    const classes = sided(name)
      ? [`${transforms}.${name}$Key`, `${transforms}.${name}$Value`]
      : [`${transforms}.${name}`];
    return classes.flatMap((type) =>
      [{}, ...settings].map((each) =>
        sourceProbe(`${type.slice(transforms.length + 1)} ${JSON.stringify(each)}`, {
          transforms: 'a',
          'transforms.a.type': type,
          ...prefixed('transforms.a.', each),
        }),
      ),
    );
  });
}

function predicateProbes(): readonly Probe[] {
  return Object.entries(predicateSettings).flatMap(([name, settings]) =>
    [{}, ...settings].map((each) =>
      sinkProbe(`${name} ${JSON.stringify(each)}`, {
        predicates: 'p',
        'predicates.p.type': `${transforms}.predicates.${name}`,
        ...prefixed('predicates.p.', each),
      }),
    ),
  );
}

function converterProbes(): readonly Probe[] {
  const keys = Object.entries(converterSettings).flatMap(([type, settings]) =>
    settings.flatMap((each) =>
      ['key', 'value'].map((side) =>
        sourceProbe(`${side}.converter ${type} ${JSON.stringify(each)}`, {
          [`${side}.converter`]: type,
          ...prefixed(`${side}.converter.`, each),
        }),
      ),
    ),
  );
  const headers = headerConverters.map((type) =>
    sinkProbe(`header.converter ${type}`, { 'header.converter': type }),
  );
  const all = {
    'key.converter': 'org.apache.kafka.connect.json.JsonConverter',
    'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
    'header.converter': 'org.apache.kafka.connect.json.JsonConverter',
    ...{ transforms: 'a', 'transforms.a.type': `${transforms}.RegexRouter` },
    ...{ predicates: 'p', 'predicates.p.type': `${transforms}.predicates.TopicNameMatches` },
  };
  return [
    ...keys,
    ...headers,
    sourceProbe('every part of a source', all),
    sinkProbe('every part of a sink', all),
  ];
}

function sourceProbe(name: string, extra: Readonly<Record<string, string>>): Probe {
  return { name, plugin: 'FileStreamSource', config: { ...source, ...extra } };
}

function sinkProbe(name: string, extra: Readonly<Record<string, string>>): Probe {
  return { name, plugin: 'FileStreamSink', config: { ...sink, ...extra } };
}

function prefixed(prefix: string, settings: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [prefix + key, value]));
}
