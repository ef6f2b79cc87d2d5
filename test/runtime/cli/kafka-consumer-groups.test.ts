import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Consumer } from '../../../kafka/client/index.ts';
import { type Ran, ToolCluster } from './tool-cluster.ts';

let cluster: ToolCluster;

beforeAll(async () => {
  cluster = await ToolCluster.start();
  await cluster.run('kafka-topics --create --topic words --partitions 1');
  await cluster.run('kafka-topics --create --topic keyed --partitions 3');
  const producer = cluster.client().producer();
  await producer.send(
    ['a', 'b', 'c', 'd', 'e'].map((text) => ({ topic: 'words', value: Buffer.from(text) })),
  );
  const counts = [2, 5, 8];
  await producer.send(
    counts.flatMap((count, partition) =>
      Array.from({ length: count }, (_, at) => ({ topic: 'keyed', partition, value: Buffer.from(`${at}`) })),
    ),
  );
});

afterAll(() => cluster.close());

const groups = async (command: string): Promise<Ran> => {
  const { code, out, err } = await cluster.run(`kafka-consumer-groups ${command}`);
  return { code, out, err: err.replace(/^\[\d{4}-[^\]]*\]/gm, '[<time>]') };
};
const store = (group: string, topic: string, more = '--to-earliest') =>
  groups(`--reset-offsets --group ${group} --topic ${topic} ${more} --execute`);

const done = (out: string, err = ''): Ran => ({ code: 0, out, err });
const offsetTable = (...rows: string[]) =>
  ['', 'GROUP           TOPIC           PARTITION  NEW-OFFSET', ...rows, ''].join('\n');
const resetRow = (group: string, topic: string, partition: number, offset: number) =>
  `${group.padEnd(15)} ${topic.padEnd(15)} ${String(partition).padEnd(10)} ${offset}`;

/** Members of a group that have their partitions; closed by the caller. */
async function join(
  groupId: string,
  topic: string,
  clientIds: readonly string[],
  partitions: number,
): Promise<Consumer[]> {
  const consumers = clientIds.map((clientId) => {
    const consumer = cluster
      .client(clientId)
      .consumer({ groupId, autoOffsetReset: 'earliest', autoCommit: false });
    consumer.subscribe({ topics: [topic] });
    return consumer;
  });
  const isSettled = () => {
    const assigned = consumers.map((each) => each.assignment().length);
    const each = assigned.every((count) => count > 0 || clientIds.length > partitions);
    return each && assigned.reduce((sum, count) => sum + count, 0) === partitions;
  };
  while (!isSettled()) await Promise.all(consumers.map((each) => each.poll(50)));
  return consumers;
}

test('groups are listed, with their types and states on request', async () => {
  await store('listed-group-one', 'words');
  const plain = await groups('--list');
  expect(plain.code).toBe(0);
  expect(plain.out.split('\n')).toContain('listed-group-one');
  const state = await groups('--list --state');
  expect(state.out).toMatch(/^GROUP {22}STATE {15}\n/);
  expect(state.out).toContain(`\n${'listed-group-one'.padEnd(26)} ${'Empty'.padEnd(20)}\n`);
  const both = await groups('--list --state --type');
  expect(both.out).toContain(
    `\n${'listed-group-one'.padEnd(26)} ${'Classic'.padEnd(20)} ${'Empty'.padEnd(20)}\n`,
  );
  expect((await groups('--list --state Stable')).out).not.toContain('listed-group-one');
  expect((await groups('--list --type consumer')).out).not.toContain('listed-group-one');
  expect((await groups('--list --type classic')).out).toContain('listed-group-one');
});

test('a group without members shows its offsets and that it has none', async () => {
  await store('cg1', 'words', '--to-offset 2');
  const idle = "\nConsumer group 'cg1' has no active members.\n";
  expect(await groups('--describe --group cg1')).toEqual(
    done(
      [
        '',
        'GROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     HOST            CLIENT-ID',
        'cg1             words           0          2               5               3               -               -               -',
        '',
      ].join('\n'),
      idle,
    ),
  );
  expect(await groups('--describe --group cg1 --members')).toEqual(
    done('\nGROUP           CONSUMER-ID     HOST            CLIENT-ID       #PARTITIONS     \n', idle),
  );
  expect(await groups('--describe --group cg1 --state')).toEqual(
    done(
      [
        '',
        'GROUP           COORDINATOR (ID)          ASSIGNMENT-STRATEGY  STATE                #MEMBERS',
        'cg1             localhost:9092  (1)       -                    Empty                0',
        '',
      ].join('\n'),
      idle,
    ),
  );
});

test('members stand beside the partitions they read', async () => {
  await store('live1', 'keyed', '--to-latest');
  const members = await join('live1', 'keyed', ['m-one', 'm-two'], 3);
  try {
    const normal = (text: string) =>
      text
        .replace(/(m-one|m-two)-[0-9a-f-]{36}/g, '$1-<uuid>')
        .replace(/\/127\.0\.0\.1|\/localhost/g, '/<host>');
    const described = await groups('--describe --group live1 --offsets --verbose');
    expect(described.err).toBe('');
    const [, head, ...rows] = normal(described.out).trimEnd().split('\n');
    expect(head).toMatch(
      /^GROUP +TOPIC +PARTITION {2}LEADER-EPOCH +CURRENT-OFFSET {2}LOG-END-OFFSET {2}LAG +CONSUMER-ID +HOST +CLIENT-ID$/,
    );
    expect(rows.map((each) => each.split(/ +/).slice(1))).toEqual([
      ['keyed', '0', '-', '2', '2', '0', 'm-one-<uuid>', '/<host>', 'm-one'],
      ['keyed', '1', '-', '5', '5', '0', 'm-one-<uuid>', '/<host>', 'm-one'],
      ['keyed', '2', '-', '8', '8', '0', 'm-two-<uuid>', '/<host>', 'm-two'],
    ]);
    const verbose = normal((await groups('--describe --group live1 --members --verbose')).out);
    expect(
      verbose
        .trim()
        .split('\n')
        .slice(1)
        .map((each) => each.trim().split(/ +/))
        .sort(),
    ).toEqual([
      ['live1', 'm-one-<uuid>', '/<host>', 'm-one', '2', '-', 'keyed:0,1', '-', '-'],
      ['live1', 'm-two-<uuid>', '/<host>', 'm-two', '1', '-', 'keyed:2', '-', '-'],
    ]);
    expect(
      (await groups('--describe --group live1 --state --verbose')).out.trimEnd().split('\n').slice(1),
    ).toEqual([
      'GROUP           COORDINATOR (ID)          ASSIGNMENT-STRATEGY  STATE                GROUP-EPOCH     TARGET-ASSIGNMENT-EPOCH   #MEMBERS',
      'live1           localhost:9092  (1)       range                Stable               -               -                         2',
    ]);
    expect(await groups('--reset-offsets --group live1 --topic keyed --to-earliest --execute')).toEqual(
      done(
        `\nError: Assignments can only be reset if the group 'live1' is inactive, but the current state is Stable.\n${offsetTable()}`,
      ),
    );
    expect(await groups('--delete --group live1')).toEqual(
      done(
        "\nError: Deletion of some consumer groups failed:\n* Group 'live1' could not be deleted due to: org.apache.kafka.common.errors.GroupNotEmptyException: The group is not empty.\n",
      ),
    );
    const subscribed =
      'Error: org.apache.kafka.common.errors.GroupSubscribedToTopicException: Deleting offsets of a topic is forbidden while the consumer group is actively subscribed to it.';
    expect(await groups('--delete-offsets --group live1 --topic keyed:0')).toEqual(
      done(
        [
          '',
          'Error: Encountered some partition-level error, see the follow-up details.',
          '',
          'TOPIC           PARTITION  STATUS         ',
          `keyed           0          ${subscribed}`,
          '',
        ].join('\n'),
      ),
    );
  } finally {
    for (const member of members) await member.close();
  }
});

test('a member without partitions is among the members, not among the offsets', async () => {
  const members = await join('crowded', 'words', ['idle-a', 'idle-b'], 1);
  try {
    const { out } = await groups('--describe --group crowded --members');
    expect(
      out
        .match(/idle-\w +[01] +$/gm)
        ?.map((each) => each.split(/ +/)[1])
        .sort(),
    ).toEqual(['0', '1']);
    const offsets = await groups('--describe --group crowded');
    expect(offsets.out.trim().split('\n')).toHaveLength(2);
    expect(offsets.out).toMatch(/words +0 +- +5 +- +idle-/);
  } finally {
    for (const member of members) await member.close();
  }
});

test.each(['', '--members', '--state'])(
  'a group that is not there is an error of --describe %s',
  async (what) => {
    const text = 'org.apache.kafka.common.errors.GroupIdNotFoundException: Group ghost not found.';
    expect(await groups(`--describe --group ghost ${what}`)).toEqual(
      done(
        `\nError: Executing consumer group command failed due to ${text}\n`,
        `java.util.concurrent.ExecutionException: ${text}\n`,
      ),
    );
  },
);

const rows = (group: string, ...offsets: number[]) =>
  offsetTable(...offsets.map((offset, partition) => resetRow(group, 'keyed', partition, offset)));

test('offsets are reset by each of the scenarios', async () => {
  expect(await store('reset', 'keyed', '--to-latest')).toEqual(done(rows('reset', 2, 5, 8)));
  expect(await store('reset', 'keyed', '--shift-by -2')).toEqual(done(rows('reset', 0, 3, 6)));
  expect(await store('reset', 'keyed', '--to-current')).toEqual(done(rows('reset', 0, 3, 6)));
  expect(await store('reset', 'keyed:0,1', '--to-offset 1')).toEqual(done(rows('reset', 1, 1)));
  expect(await store('reset', 'keyed', '--to-datetime 2020-01-01T00:00:00.000')).toEqual(
    done(rows('reset', 0, 0, 0)),
  );
  expect(await store('reset', 'keyed', '--to-datetime 2100-01-01T00:00:00.000')).toEqual(
    done(rows('reset', 2, 5, 8)),
  );
  expect(await store('reset', 'keyed', '--by-duration P1D')).toEqual(done(rows('reset', 0, 0, 0)));
  expect(await store('reset', 'keyed', '--to-earliest')).toEqual(done(rows('reset', 0, 0, 0)));
  const { out } = await groups('--describe --group reset');
  expect(out.match(/^reset +keyed +\d +\d/gm)).toHaveLength(3);
});

test('--to-current takes the end where the group has no offset', async () => {
  await store('partly', 'keyed:0', '--to-offset 1');
  expect((await store('partly', 'keyed', '--to-current')).out).toBe(rows('partly', 1, 5, 8));
});

test('offsets outside the log are moved to its nearer end, with a warning', async () => {
  expect(await store('outside', 'keyed:0', '--to-offset 1000')).toEqual(
    done(
      rows('outside', 2),
      '[<time>] WARN New offset (1000) is higher than latest offset for topic partition keyed-0. Value will be set to 2 (org.apache.kafka.tools.OffsetsUtils)\n',
    ),
  );
  expect(await store('outside', 'keyed:0', '--shift-by -1000')).toEqual(
    done(
      rows('outside', 0),
      '[<time>] WARN New offset (-998) is lower than earliest offset for topic partition keyed-0. Value will be set to 0 (org.apache.kafka.tools.OffsetsUtils)\n',
    ),
  );
});

test('nothing changes without --execute, and only --dry-run is not warned of', async () => {
  await store('dry', 'words', '--to-latest');
  const planned = offsetTable(resetRow('dry', 'words', 0, 0));
  const silent = await groups('--reset-offsets --group dry --topic words --to-earliest');
  expect([silent.code, silent.out]).toEqual([0, planned]);
  expect(silent.err).toMatch(/^WARN: No action will be performed as the --execute option is missing\./);
  expect(await groups('--reset-offsets --group dry --topic words --to-earliest --dry-run')).toEqual(
    done(planned),
  );
  expect((await groups('--reset-offsets --group dry --all-topics --to-current --dry-run')).out).toBe(
    offsetTable(resetRow('dry', 'words', 0, 5)),
  );
});

test('what --export prints can be given to --from-file', async () => {
  await store('exported', 'keyed', '--to-latest');
  const exported = await groups(
    '--reset-offsets --group exported --all-topics --to-current --export --dry-run',
  );
  expect(exported.out).toBe('keyed,0,2\nkeyed,1,5\nkeyed,2,8\n\n');
  cluster.writeFile('/reset.csv', exported.out);
  await store('exported', 'keyed', '--to-earliest');
  expect(await groups('--reset-offsets --group exported --from-file /reset.csv --execute')).toEqual(
    done(rows('exported', 2, 5, 8)),
  );
  await store('exported2', 'words', '--to-latest');
  const both = await groups(
    '--reset-offsets --group exported --group exported2 --all-topics --to-current --export --dry-run',
  );
  expect(both.out).toBe(
    'exported,keyed,0,2\nexported,keyed,1,5\nexported,keyed,2,8\nexported2,words,0,5\n\n',
  );
  cluster.writeFile('/both.csv', both.out);
  expect(
    (await groups('--reset-offsets --group exported --group exported2 --from-file /both.csv --dry-run')).out,
  ).toBe(
    offsetTable(
      ...[2, 5, 8].map((offset, partition) => resetRow('exported', 'keyed', partition, offset)),
      resetRow('exported2', 'words', 0, 5),
    ),
  );
});

test.each([
  ['--topic nope --to-earliest', 'This server does not host this topic-partition.'],
  [
    '--topic keyed --to-datetime yesterday',
    "java.text.ParseException: Error parsing timestamp. It does not contain a 'T' according to ISO8601 format",
  ],
  [
    '--topic keyed --by-duration long',
    'java.time.format.DateTimeParseException: Text cannot be parsed to a Duration',
  ],
  ['--topic keyed:x --to-earliest', "Invalid topic arg 'keyed:x', expected topic name and partitions"],
  [
    '--topic keyed:0 --shift-by 1',
    'Cannot shift offset for partition keyed-0 since there is no current committed offset',
  ],
  ['--from-file /missing.csv', '/missing.csv (No such file or directory)'],
])('--reset-offsets %s fails as Kafka does', async (command, message) => {
  const { code, out, err } = await groups(`--reset-offsets --group fresh --dry-run ${command}`);
  expect(code).toBe(0);
  expect(out).toMatch(/^\nError: Executing consumer group command failed due to /);
  expect(out).toContain(message);
  expect(err).toContain(message);
});

test('offsets of a topic are deleted', async () => {
  await store('forgetful', 'keyed');
  expect(await groups('--delete-offsets --group forgetful --topic keyed:0 --topic nope')).toEqual(
    done(
      [
        'Request succeeded for deleting offsets from group forgetful.',
        '',
        'TOPIC           PARTITION  STATUS         ',
        'keyed           0          Successful     ',
        'nope            -          Error: org.apache.kafka.common.errors.UnknownTopicOrPartitionException: This server does not host this topic-partition.',
        '',
      ].join('\n'),
    ),
  );
  expect((await groups('--describe --group forgetful')).out.match(/^forgetful +keyed +\d/gm)).toHaveLength(2);
  const ghost = await groups('--delete-offsets --group ghost --topic words');
  expect(ghost).toEqual(
    done(
      [
        '',
        'Error: The group id does not exist.',
        '',
        'TOPIC           PARTITION  STATUS         ',
        'words           0          Error: org.apache.kafka.common.errors.GroupIdNotFoundException: The group id does not exist.',
        '',
      ].join('\n'),
    ),
  );
});

test('groups are deleted, one by one or all', async () => {
  await store('gone1', 'words');
  await store('gone2', 'words');
  const missing =
    "\nError: Deletion of some consumer groups failed:\n* Group 'ghost' could not be deleted due to: org.apache.kafka.common.errors.GroupIdNotFoundException: The group id does not exist.\n";
  expect(await groups('--delete --group gone1')).toEqual(
    done("Deletion of requested consumer groups ('gone1') was successful.\n"),
  );
  expect(await groups('--delete --group gone2 --group ghost')).toEqual(
    done(`${missing}\nThese consumer groups were deleted successfully: 'gone2'\n`),
  );
  expect(await groups('--delete --group ghost')).toEqual(done(missing));
  await store('gone3', 'words');
  expect((await groups('--delete --all-groups')).out).toMatch(
    /^Deletion of requested consumer groups \(.*'gone3'.*\) was successful\.\n$/,
  );
  expect(await groups('--list')).toEqual(done(''));
  expect(await groups('--describe --all-groups')).toEqual(done(''));
});

test('a regular expression is checked', async () => {
  const check = (regex: string) => cluster.runWith('kafka-consumer-groups', ['--validate-regex', regex]);
  expect((await check('a.*')).code).toBe(0);
  expect([(await check('a(')).code, (await check('(?=a)')).code]).toEqual([1, 1]);
});

test.each([
  [
    '',
    'Command must include exactly one action: --list, --describe, --delete, --reset-offsets, --delete-offsets, --validate-regex',
  ],
  ['--describe', 'Option [describe] takes one of these options: [group], [all-groups]'],
  [
    '--describe --group g --offsets --members',
    'Option [describe] takes at most one of these options: [members], [offsets], [state]',
  ],
  [
    '--list --state Foo',
    "Invalid state list 'Foo'. Valid states are: Assigning, Empty, PreparingRebalance, Dead, Reconciling, Stable, CompletingRebalance",
  ],
  ['--list --type foo', "Invalid type list 'foo'. Valid types are: Classic, Consumer"],
  ['--list --verbose', 'Option(s) [verbose] are unavailable given other options on the command line'],
  ['--delete', 'Option [delete] takes one of these options: [group], [all-groups]'],
  [
    '--reset-offsets --group g --to-earliest',
    'One of the reset scopes should be defined: --all-topics, --topic.',
  ],
  [
    '--reset-offsets --group g --topic t',
    "Option '[reset-offsets]' requires one of the following scenarios: [[to-datetime], [from-file], [shift-by], [to-offset], [to-earliest], [to-current], [to-latest], [by-duration]]",
  ],
  [
    '--reset-offsets --group g --topic t --to-latest --to-earliest',
    'Option "[to-earliest]" can\'t be used with option "[to-latest]"',
  ],
  [
    '--reset-offsets --group g --topic t --to-latest --dry-run --execute',
    'Option [reset-offsets] only accepts one of [execute] and [dry-run]',
  ],
  ['--delete-offsets --group g', 'Option [delete-offsets] takes one of these options: [topic]'],
  ['--list --to-latest', 'Option "[to-latest]" can\'t be used with option "[list]"'],
])('"%s" is told with the table of options', async (command, message) => {
  expect(await groups(command)).toEqual({ code: 1, out: '', err: `${message}\n(options)` });
});
