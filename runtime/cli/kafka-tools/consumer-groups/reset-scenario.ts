import type {
  Admin,
  OffsetQuery,
  TopicPartition,
  TopicPartitionOffset,
} from '../../../../kafka/client/index.ts';
import { ToolError } from '../errors.ts';
import { logLine } from '../log-line.ts';
import { given, type ToolContext } from '../tool.ts';
import type { ToolArguments } from '../tool-options.ts';
import { parseDateTime, parseDuration } from './java-time.ts';
import { type GroupOption, resetScenarios } from './options.ts';

/** What is to be reset; `requested`: to what, when a file says it. */
interface Reset {
  readonly groupId: string;
  readonly partitions: readonly TopicPartition[];
  readonly requested: readonly TopicPartitionOffset[] | undefined;
}

/**
 * The new offset of each partition, by the scenario on the command line. Offsets outside the log are moved to its
 * nearer end, with a warning. Throws KafkaError for partitions that are not there, ToolError for what cannot be.
 */
export async function newOffsets(
  { groupId, partitions, requested }: Reset,
  args: ToolArguments<GroupOption>,
  admin: Admin,
  context: ToolContext,
): Promise<readonly TopicPartitionOffset[]> {
  const now = context.platform.clock.now();
  switch (resetScenarios.find((scenario) => args.has(scenario))) {
    case 'to-earliest':
      return offsetsAt(partitions, 'earliest', admin);
    case 'to-latest':
      return offsetsAt(partitions, 'latest', admin);
    case 'to-datetime':
      return offsetsAtTime(partitions, parseDateTime(given(args.text('to-datetime'))), admin);
    case 'by-duration':
      return offsetsAtTime(partitions, now - parseDuration(given(args.text('by-duration'))), admin);
    case 'to-offset': {
      const offset = given(args.number('to-offset'));
      return withinLog(
        partitions.map((each) => ({ ...each, offset })),
        admin,
        context,
      );
    }
    case 'shift-by':
      return withinLog(
        await shifted(groupId, partitions, given(args.number('shift-by')), admin),
        admin,
        context,
      );
    case 'from-file':
      return withinLog(requested ?? [], admin, context);
    default:
      return currentOffsets(groupId, partitions, admin);
  }
}

async function offsetsAt(
  partitions: readonly TopicPartition[],
  at: OffsetQuery['at'],
  admin: Admin,
): Promise<readonly TopicPartitionOffset[]> {
  if (partitions.length === 0) return [];
  const found = await admin.listOffsets(partitions.map(({ topic, partition }) => ({ topic, partition, at })));
  return found.map(({ topic, partition, offset, error }) => {
    if (error !== undefined) throw error;
    return { topic, partition, offset };
  });
}

/** Where there is no record from then on: the end. */
async function offsetsAtTime(partitions: readonly TopicPartition[], timeMs: number, admin: Admin) {
  const found = await offsetsAt(partitions, Math.max(0, timeMs), admin);
  const ends = await offsetsAt(partitions, 'latest', admin);
  return found.map((each, at) => (each.offset >= 0 ? each : given(ends[at])));
}

async function shifted(groupId: string, partitions: readonly TopicPartition[], by: number, admin: Admin) {
  const current = await committedOffsets(groupId, partitions, admin);
  return partitions.map((each, at) => {
    const offset = current[at];
    if (offset === undefined) {
      throw new ToolError(
        `Cannot shift offset for partition ${each.topic}-${each.partition} since there is no current committed offset`,
      );
    }
    return { ...each, offset: offset + by };
  });
}

/** Where the group has no offset: the end. */
async function currentOffsets(groupId: string, partitions: readonly TopicPartition[], admin: Admin) {
  const current = await committedOffsets(groupId, partitions, admin);
  const without = partitions.filter((_, at) => current[at] === undefined);
  const ends = [...(await offsetsAt(without, 'latest', admin))];
  return partitions.map(({ topic, partition }, at) => {
    const offset = current[at];
    return offset === undefined ? given(ends.shift()) : { topic, partition, offset };
  });
}

/** Undefined for partitions without one; in the order of `partitions`. */
async function committedOffsets(groupId: string, partitions: readonly TopicPartition[], admin: Admin) {
  if (partitions.length === 0) return [];
  const stored = await admin.listGroupOffsets(groupId, partitions);
  return partitions.map(({ topic, partition }) => {
    const found = stored.find((each) => each.topic === topic && each.partition === partition);
    if (found?.error !== undefined) throw found.error;
    return found !== undefined && found.offset >= 0 ? found.offset : undefined;
  });
}

async function withinLog(
  offsets: readonly TopicPartitionOffset[],
  admin: Admin,
  { err, platform }: ToolContext,
): Promise<readonly TopicPartitionOffset[]> {
  const [earliest, latest] = await Promise.all([
    offsetsAt(offsets, 'earliest', admin),
    offsetsAt(offsets, 'latest', admin),
  ]);
  const fitted: TopicPartitionOffset[] = [];
  for (const [at, { topic, partition, offset }] of offsets.entries()) {
    const first = given(earliest[at]).offset;
    const end = given(latest[at]).offset;
    const fits = Math.min(Math.max(offset, first), end);
    if (fits !== offset) {
      const which = offset < first ? 'lower than earliest' : 'higher than latest';
      const text = `New offset (${offset}) is ${which} offset for topic partition ${topic}-${partition}. Value will be set to ${fits}`;
      await err.line(logLine(platform.clock.now(), 'WARN', text, 'org.apache.kafka.tools.OffsetsUtils'));
    }
    fitted.push({ topic, partition, offset: fits });
  }
  return fitted;
}
