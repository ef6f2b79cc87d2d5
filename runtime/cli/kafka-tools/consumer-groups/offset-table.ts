import type {
  Admin,
  CommittedOffset,
  GroupDescription,
  MemberDescription,
  TopicPartition,
} from '../../../../kafka/client/index.ts';
import { row, widthOf } from '../text-table.ts';

const COLUMN_WIDTH = 15;
const PARTITION_WIDTH = 10;
const NONE = '-';

interface Line extends TopicPartition {
  readonly committed: CommittedOffset | undefined;
  readonly member: MemberDescription | undefined;
}

/** Offset and lag of each partition that is assigned or has an offset; undefined when there is none. */
export async function offsetTable(
  group: GroupDescription,
  isVerbose: boolean,
  admin: Admin,
): Promise<string | undefined> {
  const lines = linesOf(group, await committedOffsets(group.groupId, admin));
  if (lines.length === 0) return undefined;
  const ends = await logEnds(lines, admin);
  const column = (name: string, text: (line: Line) => string) => ({
    name,
    text,
    width: widthOf(lines.map(text), COLUMN_WIDTH),
  });
  const columns = [
    column('GROUP', () => group.groupId),
    column('TOPIC', ({ topic }) => topic),
    { ...column('PARTITION', ({ partition }) => String(partition)), width: PARTITION_WIDTH },
    ...(isVerbose ? [column('LEADER-EPOCH', ({ committed }) => leaderEpoch(committed))] : []),
    column('CURRENT-OFFSET', ({ committed }) => String(committed?.offset ?? NONE)),
    column('LOG-END-OFFSET', (line) => String(ends.get(keyOf(line)) ?? NONE)),
    column('LAG', (line) => lag(line.committed?.offset, ends.get(keyOf(line)))),
    column('CONSUMER-ID', ({ member }) => member?.memberId ?? NONE),
    column('HOST', ({ member }) => member?.clientHost ?? NONE),
    { ...column('CLIENT-ID', ({ member }) => member?.clientId ?? NONE), width: 0 },
  ];
  const widths = columns.map(({ width }) => width);
  const head = row(
    widths,
    columns.map(({ name }) => name),
  );
  return [
    head,
    ...lines.map((line) =>
      row(
        widths,
        columns.map(({ text }) => text(line)),
      ),
    ),
  ].join('\n');
}

/** Partitions of members first, of the busiest member before all, then those that nobody reads. */
function linesOf({ members }: GroupDescription, committed: readonly CommittedOffset[]): readonly Line[] {
  const stored = new Map(committed.map((offset) => [keyOf(offset), offset]));
  const assigned = members
    .toSorted((a, b) => b.assignment.length - a.assignment.length)
    .flatMap((member) =>
      inOrder(member.assignment).map(
        (each): Line => ({ ...each, member, committed: stored.get(keyOf(each)) }),
      ),
    );
  const isAssigned = new Set(assigned.map(keyOf));
  const unassigned = inOrder(committed.filter((each) => !isAssigned.has(keyOf(each))));
  return [
    ...assigned,
    ...unassigned.map(
      ({ topic, partition }): Line => ({
        topic,
        partition,
        member: undefined,
        committed: stored.get(keyOf({ topic, partition })),
      }),
    ),
  ];
}

async function committedOffsets(groupId: string, admin: Admin): Promise<readonly CommittedOffset[]> {
  const offsets = await admin.listGroupOffsets(groupId);
  return offsets.filter(({ error, offset }) => error === undefined && offset >= 0);
}

async function logEnds(
  partitions: readonly TopicPartition[],
  admin: Admin,
): Promise<ReadonlyMap<string, number>> {
  const found = await admin.listOffsets(
    partitions.map(({ topic, partition }) => ({ topic, partition, at: 'latest' as const })),
  );
  return new Map(found.filter(({ error }) => error === undefined).map((each) => [keyOf(each), each.offset]));
}

function leaderEpoch(committed: CommittedOffset | undefined): string {
  const epoch = committed?.leaderEpoch ?? -1;
  return epoch < 0 ? NONE : String(epoch);
}

function lag(current: number | undefined, end: number | undefined): string {
  return current === undefined || end === undefined ? NONE : String(end - current);
}

/** Unique text of a partition. */
function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

function inOrder<T extends TopicPartition>(partitions: readonly T[]): readonly T[] {
  return partitions.toSorted((a, b) =>
    a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1,
  );
}
