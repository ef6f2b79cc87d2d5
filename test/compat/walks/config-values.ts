import { type ConfigDefinition, topicConfigs } from '../../../broker/config/index.ts';
import type { Dice } from '../dice.ts';

/** Texts of numbers: small ones, limits of every type and what is none. */
const numbers = [
  '0',
  '1',
  '2',
  '5',
  '10',
  '100',
  '999',
  '1000',
  '4096',
  '1048576',
  '3600000',
  '604800000',
  '-1',
  '-2',
  '-3',
  '2147483647',
  '9223372036854775807',
];
const wrongNumbers = [
  '2147483648',
  '-2147483649',
  '9007199254740993',
  '9223372036854775808',
  '-9223372036854775808',
  'soon',
  '',
  ' ',
  ' 5000 ',
  '\t7',
  '+5',
  '-0',
  '007',
  '1e3',
  '1.0',
  '0x10',
  '5L',
  '1_000',
  '1,000',
  '5ms',
  '- 1',
];
const doubles = ['0', '0.5', '1', '0.25', '1.0'];
const wrongDoubles = [
  '-0.1',
  '1.5',
  '1e-3',
  '.5',
  '5.',
  '0.5d',
  '0.5F',
  ' 0.5 ',
  '',
  'half',
  '0,5',
  '1E-5',
  '0.1234567890123456789',
];
const booleans = ['true', 'false'];
const wrongBooleans = ['TRUE', 'False', ' true ', 'yes', '1', '', 'tru'];
const lists = ['a', 'a,b', 'a, b', 'a,,b', ',', '', ' ', ' a , b ', 'a,a', '*'];
const words = ['a', 'A', '', ' ', ' a ', 'none', 'null', 'ä', 'a,b'];

/** What a config of such a name takes, and something beside it. */
const own: Readonly<Record<string, readonly string[]>> = {
  'cleanup.policy': [
    'delete',
    'compact',
    'compact,delete',
    'delete, compact',
    'delete,delete',
    'DELETE',
    'none',
    'compact,none',
    '',
    ',',
    'delete,',
  ],
  'compression.type': [
    'producer',
    'gzip',
    'snappy',
    'lz4',
    'zstd',
    'uncompressed',
    'none',
    'GZIP',
    ' zstd ',
    'brotli',
    '',
  ],
  'message.timestamp.type': ['CreateTime', 'LogAppendTime', 'createtime', 'NoTimestampType', ''],
  'throttled.replicas': [
    '*',
    '0:1',
    '0:1,1:1',
    '0:1, 1:1',
    '*,0:1',
    '0',
    'x:y',
    '0:1:2',
    '-1:1',
    ':',
    '',
    'none',
    ' * ',
    '0:1,0:1',
    '00:1',
  ],
  'compression.gzip.level': ['-1', '1', '9', '0', '10', '-2'],
  'compression.lz4.level': ['1', '17', '9', '0', '18', '-1'],
  'compression.zstd.level': ['-131072', '22', '3', '0', '23', '-131073'],
  'segment.bytes': ['1048576', '1048575', '1073741824', '2147483647', '14'],
  'isolation.level': ['read_committed', 'read_uncommitted', 'READ_COMMITTED', ''],
  'auto.offset.reset': [
    'earliest',
    'latest',
    'EARLIEST',
    'none',
    'by_duration:PT1H',
    'by_duration:P1D',
    'by_duration:-PT1H',
    'by_duration:',
    'by_duration',
    'by_duration:1h',
    '',
  ],
  match: [
    'client_id=a',
    'client_id=a.*,client_software_name=b',
    'client_id=[',
    'client_id',
    '=a',
    'client_id=',
    'no_such=a',
    'client_id=a=b',
    'client_id = a',
    '',
    'client_id=a,client_id=b',
    'client_source_address=127.0.0.1',
    'client_instance_id=x',
    'client_source_port=1',
    'client_software_version=1\\.2',
  ],
  metrics: ['*', 'org.apache.kafka.', 'a,b', '', 'a,,b', '*,a', ' a '],
  'interval.ms': ['100', '99', '3600000', '3600001', '0', '-1', '60000', ' 60000 '],
};

/** A value for a config: one that it takes, or one that is slightly wrong. */
export function drawValue(dice: Dice, { name, type }: Pick<ConfigDefinition, 'name' | 'type'>): string {
  const [, special] = Object.entries(own).find(([end]) => name === end || name.endsWith(`.${end}`)) ?? [];
  if (special !== undefined && dice.chance(85)) return dice.pick(special);
  switch (type) {
    case 'INT':
    case 'LONG':
    case 'SHORT':
      return dice.pick(dice.chance(70) ? numbers : wrongNumbers);
    case 'DOUBLE':
      return dice.pick(dice.chance(50) ? doubles : wrongDoubles);
    case 'BOOLEAN':
      return dice.pick(dice.chance(60) ? booleans : wrongBooleans);
    case 'LIST':
      return dice.pick(lists);
    default:
      return dice.pick(words);
  }
}

const topicDefinitions = Object.values(topicConfigs);

/** The name and type of a config that topics have; now and then of none. */
export function drawTopicConfig(dice: Dice, index = 0): Pick<ConfigDefinition, 'name' | 'type'> {
  if (index > 0 || dice.chance(95)) return dice.pick(topicDefinitions);
  const name = dice.pick([
    'no.such',
    '',
    'log.retention.ms',
    'message.format.version',
    'Retention.ms',
    'retention.ms ',
  ]);
  return { name, type: 'INT' };
}

/** Configs of a new topic. */
export function drawTopicConfigs(dice: Dice): { name: string; value: string | null }[] {
  return dice.list(1, dice.chance(70) ? 1 : 4, (index) => {
    const definition = drawTopicConfig(dice, index);
    return { name: definition.name, value: dice.chance(4) ? null : drawValue(dice, definition) };
  });
}
