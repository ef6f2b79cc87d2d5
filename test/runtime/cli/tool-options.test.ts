import { expect, test } from 'vitest';
import { ToolUsageError } from '../../../runtime/cli/kafka-tools/errors.ts';
import { countOptionArguments, parseToolArguments } from '../../../runtime/cli/kafka-tools/tool-options.ts';
import {
  exactlyOne,
  excludes,
  onlyWith,
  requires,
  takesAtMostOneOf,
  takesOneOf,
} from '../../../runtime/cli/kafka-tools/tool-rules.ts';
import { usageTable } from '../../../runtime/cli/kafka-tools/tool-usage.ts';

const options = {
  list: { describe: 'List.' },
  create: { describe: 'Create.' },
  topic: { describe: 'A topic.', value: { type: 'String' }, short: 't' },
  count: { describe: 'How many.', value: { type: 'Integer', default: '3' } },
  shift: { describe: 'By how much.', value: { type: 'Long' } },
  state: { describe: 'States.', value: { type: 'String', isOptional: true } },
  settings: { describe: 'Some.', value: { type: 'String', isList: true } },
} as const;

const parse = (...args: string[]) => parseToolArguments(options, args);

test('values come behind the option or an equals sign', () => {
  expect(parse('--topic', 'a', '--count=5').text('topic')).toBe('a');
  expect(parse('--topic', 'a', '--count=5').number('count')).toBe(5);
  expect(parse('--topic=a=b').text('topic')).toBe('a=b');
  expect(parse('--topic=').text('topic')).toBe('');
});

test('a value may begin with a dash', () => {
  expect(parse('--shift', '-10').number('shift')).toBe(-10);
  expect(parse('--topic', '--list').text('topic')).toBe('--list');
});

test('an optional value is not taken from the next option', () => {
  const args = parse('--state', '--list');
  expect([args.has('state'), args.text('state'), args.has('list')]).toEqual([true, undefined, true]);
  expect(parse('--state', 'Empty').text('state')).toBe('Empty');
});

test('defaults are answered for options that are not given', () => {
  expect(parse().number('count')).toBe(3);
  expect(parse().has('count')).toBe(false);
});

test('a name may be cut short where that leaves no doubt, or be a letter', () => {
  expect(parse('--top', 'a').text('topic')).toBe('a');
  expect(parse('-t', 'a').text('topic')).toBe('a');
  expect(() => parse('--s', 'a')).toThrow('s is not a recognized option');
  expect(() => parse('-x')).toThrow('x is not a recognized option');
});

test('a list of values ends where the next option begins', () => {
  const args = parse('--settings', 'a=1', 'b=2', '--list', '--settings', 'c=3');
  expect([args.texts('settings'), args.has('list')]).toEqual([['a=1', 'b=2', 'c=3'], true]);
});

test('what is behind the options of a table is counted out', () => {
  expect(countOptionArguments(options, ['--topic', 'a', '--list', '--count=3', 'word', '--list'])).toBe(4);
  expect(countOptionArguments(options, ['word'])).toBe(0);
});

test('an option that is repeated has all its values, and no single one', () => {
  const args = parse('--topic', 'a', '--topic', 'b');
  expect(args.texts('topic')).toEqual(['a', 'b']);
  expect(() => args.text('topic')).toThrow('Found multiple arguments for option topic');
});

test.each([
  [['--foo'], 'foo is not a recognized option'],
  [['--constructor'], 'constructor is not a recognized option'],
  [['topic'], "'topic' is not an option"],
  [['--topic'], 'Option topic requires an argument'],
  [['--list=yes'], "Option list takes no value, but 'yes' was given"],
])('%j is refused', (args, message) => {
  expect(() => parse(...args)).toThrow(ToolUsageError);
  expect(() => parse(...args)).toThrow(message);
});

test.each(['abc', '', '1.5', '2147483648', '99999999999999999999'])('%j is no Integer', (text) => {
  expect(() => parse(`--count=${text}`).number('count')).toThrow(
    `Cannot parse argument '${text}' of option count`,
  );
});

test('a Long may be larger than an Integer', () => {
  expect(parse('--shift', '2147483648').number('shift')).toBe(2_147_483_648);
});

const single = exactlyOne<'list' | 'create'>(['list', 'create'], 'one!');

test.each([
  [single, '--list --create', '--list', 'one!'],
  [single, '', '--create', 'one!'],
  [
    requires<'create' | 'topic'>('create', 'topic'),
    '--create',
    '--list',
    'Missing required argument "[topic]"',
  ],
  [
    excludes<'list' | 'topic'>('list', 'topic'),
    '--list --topic a',
    '--topic a',
    'Option "[list]" can\'t be used with option "[topic]"',
  ],
  [
    onlyWith<'topic' | 'create' | 'list'>('topic', ['create'], ['create', 'list']),
    '--list --topic a',
    '--create --topic a',
    'Option "[topic]" can\'t be used with option "[list]"',
  ],
  [
    takesOneOf<'list' | 'topic' | 'count'>('list', 'topic', 'count'),
    '--list',
    '--list --topic a',
    'Option [list] takes one of these options: [topic], [count]',
  ],
  [
    takesAtMostOneOf<'list' | 'topic' | 'count'>('list', 'topic', 'count'),
    '--list --topic a --count 1',
    '--list --count 1',
    'Option [list] takes at most one of these options: [topic], [count]',
  ],
])('rule %# tells what is wrong, and nothing when it is right', (rule, wrong, right, message) => {
  const problemOf = (line: string) => rule(parse(...line.split(' ').filter((word) => word !== '')));
  expect(problemOf(wrong)).toBe(message);
  expect(problemOf(right)).toBeUndefined();
});

test('the usage table wraps both columns and sorts the options', () => {
  const table = usageTable({
    topic: { describe: 'The topic.', value: { type: 'String' } },
    all: { describe: 'Every single one of them, without any exception at all.' },
    'a-long-name': {
      describe: 'Short.',
      value: { type: 'Integer', label: 'a label that is quite long', default: '5' },
    },
    state: { describe: 'First.\nSecond.', value: { type: 'String', isOptional: true } },
  });
  expect(table.split('\n')).toEqual([
    'Option                                   Description',
    '------                                   -----------',
    '--a-long-name <Integer: a label that is  Short. (default: 5)',
    '  quite long>',
    '--all                                    Every single one of them, without any',
    '                                           exception at all.',
    '--state [String]                         First.',
    '                                         Second.',
    '--topic <String>                         The topic.',
  ]);
});
