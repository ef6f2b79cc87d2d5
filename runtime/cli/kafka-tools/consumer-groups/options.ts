import { connectionOptions } from '../connection-options.ts';

/** Ways to say which offsets a group is to have. */
export const resetScenarios = [
  'to-datetime',
  'from-file',
  'shift-by',
  'to-offset',
  'to-earliest',
  'to-current',
  'to-latest',
  'by-duration',
] as const;

export type ResetScenario = (typeof resetScenarios)[number];

/** The options of `kafka-consumer-groups`. */
export const groupOptions = {
  ...connectionOptions,
  'all-groups': { describe: 'All consumer groups, instead of --group.' },
  'all-topics': { describe: 'With --reset-offsets: all topics the group has offsets of.' },
  'by-duration': {
    describe: 'Reset to the first record of the last so and so long, as in P1DT12H.',
    value: { type: 'String', label: 'duration' },
  },
  delete: { describe: 'Delete groups with their offsets. They must not have members.' },
  'delete-offsets': { describe: 'Delete the offsets of a group for topics that no member subscribes to.' },
  describe: { describe: 'Show groups: offsets and lag, or --members, or --state.' },
  'dry-run': {
    describe: 'With --reset-offsets: show the new offsets and change nothing. The default, for now.',
  },
  execute: { describe: 'With --reset-offsets: store the new offsets.' },
  export: { describe: 'With --reset-offsets: print the new offsets as CSV, for --from-file.' },
  'from-file': {
    describe:
      'Reset to the offsets in a CSV file: topic,partition,offset or, for several groups, group,topic,partition,offset.',
    value: { type: 'String', label: 'CSV file' },
  },
  group: { describe: 'A consumer group. May be repeated.', value: { type: 'String', label: 'group id' } },
  list: { describe: 'List the consumer groups.' },
  members: { describe: 'With --describe: the members of each group.' },
  offsets: { describe: 'With --describe: offsets and lag of each partition. The default.' },
  'reset-offsets': {
    describe:
      'Reset the offsets of groups without members. Say which with --topic or --all-topics, and to what with one of the options that begin with --to-, --shift-by, --by-duration or --from-file.',
  },
  'shift-by': {
    describe: 'Reset by so many records, forward or (negative) back.',
    value: { type: 'Long', label: 'records' },
  },
  state: {
    describe:
      'With --describe: the state of each group. With --list: show states, or list only groups in these.',
    value: { type: 'String', label: 'state,...', isOptional: true },
  },
  timeout: {
    describe: 'How long brokers may take, in ms.',
    value: { type: 'Long', label: 'ms', default: '30000' },
  },
  'to-current': { describe: 'Reset to the offsets that the group has.' },
  'to-datetime': {
    describe:
      "Reset to the first record from then on: 'YYYY-MM-DDThh:mm:ss.sss', with a time zone or in UTC.",
    value: { type: 'String', label: 'datetime' },
  },
  'to-earliest': { describe: 'Reset to the first record that is there.' },
  'to-latest': { describe: 'Reset to the end.' },
  'to-offset': { describe: 'Reset to this offset.', value: { type: 'Long', label: 'offset' } },
  topic: {
    describe:
      'With --reset-offsets and --delete-offsets: a topic, or some of its partitions as in orders:0,1. May be repeated.',
    value: { type: 'String' },
  },
  type: {
    describe: 'With --list: show types, or list only groups of these: classic, consumer.',
    value: { type: 'String', label: 'type,...', isOptional: true },
  },
  'validate-regex': {
    describe: 'Check a regular expression that a group is to subscribe with (RE2).',
    value: { type: 'String', label: 'regex' },
  },
  verbose: { describe: 'With --describe: more columns.' },
} as const;

/** The name of one of them. */
export type GroupOption = keyof typeof groupOptions;
