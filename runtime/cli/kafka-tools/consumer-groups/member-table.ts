import type { GroupDescription, MemberDescription, TopicPartition } from '../../../../kafka/client/index.ts';
import { row, widthOf } from '../text-table.ts';

const COLUMN_WIDTH = 15;
const ASSIGNMENT_WIDTH = 20;
const NONE = '-';

/** The members of a group, with the number of their partitions; with `isVerbose` their epochs and assignments. */
export function memberTable({ groupId, members }: GroupDescription, isVerbose: boolean): string {
  const column = (name: string, text: (member: MemberDescription) => string) => ({
    name,
    text,
    width: widthOf(members.map(text), COLUMN_WIDTH),
  });
  const fixed = (name: string, width: number, text: (member: MemberDescription) => string) => ({
    name,
    text,
    width,
  });
  const hasInstances = members.some(({ groupInstanceId }) => groupInstanceId !== undefined);
  const columns = [
    column('GROUP', () => groupId),
    column('CONSUMER-ID', ({ memberId }) => memberId),
    ...(hasInstances ? [column('GROUP-INSTANCE-ID', ({ groupInstanceId }) => groupInstanceId ?? '')] : []),
    column('HOST', ({ clientHost }) => clientHost),
    column('CLIENT-ID', ({ clientId }) => clientId),
    fixed('#PARTITIONS', COLUMN_WIDTH, ({ assignment }) => String(assignment.length)),
    ...(isVerbose
      ? [
          fixed('CURRENT-EPOCH', COLUMN_WIDTH, ({ memberEpoch }) => String(memberEpoch ?? NONE)),
          fixed('CURRENT-ASSIGNMENT', ASSIGNMENT_WIDTH, ({ assignment }) => assignmentText(assignment)),
          fixed('TARGET-EPOCH', COLUMN_WIDTH, ({ memberEpoch }) => String(memberEpoch ?? NONE)),
          fixed('TARGET-ASSIGNMENT', ASSIGNMENT_WIDTH, ({ targetAssignment }) =>
            assignmentText(targetAssignment ?? []),
          ),
        ]
      : // Kafka's line ends in a blank here.
        [fixed('', 0, () => '')]),
  ];
  const widths = columns.map(({ width }) => width);
  const head = row(
    widths,
    columns.map(({ name }) => name),
  );
  return [
    head,
    ...members.map((member) =>
      row(
        widths,
        columns.map(({ text }) => text(member)),
      ),
    ),
  ].join('\n');
}

/** `orders:0,1;payments:2` */
function assignmentText(partitions: readonly TopicPartition[]): string {
  if (partitions.length === 0) return NONE;
  const topics = Map.groupBy(partitions, ({ topic }) => topic);
  return [...topics]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([topic, own]) =>
        `${topic}:${own
          .map(({ partition }) => partition)
          .sort((a, b) => a - b)
          .join(',')}`,
    )
    .join(';');
}
