import type { Admin, ProducerState, TopicPartition } from '../../../../kafka/client/index.ts';
import { toolCommand } from '../command-tool.ts';
import { withAdmin } from '../connection-options.ts';
import { ToolError } from '../errors.ts';
import { tabTable } from '../text-table.ts';
import { given } from '../tool.ts';
import type { ToolArguments } from '../tool-options.ts';
import { attempt } from './failure.ts';
import { brokerOption, common, optionalPartition } from './options.ts';

const MINUTE_MS = 60_000;

const options = {
  ...brokerOption,
  'max-transaction-timeout': {
    describe: 'In minutes: only what is open for longer can hang.',
    value: { type: 'Integer', label: 'minutes', default: '15' },
  },
  ...optionalPartition,
} as const;

type Option = keyof typeof options;

interface OpenTransaction extends TopicPartition {
  readonly producer: ProducerState;
}

/** `find-hanging`: transactions that are open on a partition, and that no coordinator will ever end. */
export const findHangingCommand = toolCommand<Option, keyof typeof common>({
  summary: 'Find hanging transactions.',
  options,
  common,
  async run(args, context) {
    const topic = args.text('topic');
    const brokerId = args.number('broker-id');
    if (topic === undefined && brokerId === undefined) {
      throw new ToolError(
        'The `find-hanging` command requires either --topic or --broker-id to limit the scope of the search',
      );
    }
    if (topic === undefined && args.has('partition')) {
      throw new ToolError('The --partition argument requires --topic');
    }
    const nowMs = context.platform.clock.now();
    const hanging = await withAdmin(args, context, async (admin) => {
      const partitions = await attempt('find partitions', () => partitionsOf(args, admin));
      const oldestMs = nowMs - given(args.number('max-transaction-timeout')) * MINUTE_MS;
      const open = await attempt('describe producers', () =>
        openTransactions(partitions, brokerId, oldestMs, admin),
      );
      return attempt('find coordinators of open transactions', () => withoutCoordinator(open, admin));
    });
    await context.out.line(table(hanging, nowMs));
    return 0;
  },
});

async function partitionsOf(args: ToolArguments<Option>, admin: Admin): Promise<readonly TopicPartition[]> {
  const topic = args.text('topic');
  const partition = args.number('partition');
  const brokerId = args.number('broker-id');
  if (topic !== undefined && partition !== undefined) return [{ topic, partition }];
  const topics =
    topic === undefined ? await admin.listTopics({ hasInternal: true }) : await admin.describeTopics([topic]);
  return topics.flatMap((each) => {
    if ('error' in each && each.error instanceof Error) throw each.error;
    return each.partitions
      .filter(({ replicas }) => brokerId === undefined || replicas.includes(brokerId))
      .map((found) => ({ topic: each.name, partition: found.partition }));
  });
}

async function openTransactions(
  partitions: readonly TopicPartition[],
  brokerId: number | undefined,
  oldestMs: number,
  admin: Admin,
): Promise<readonly OpenTransaction[]> {
  if (partitions.length === 0) return [];
  const described = await admin.describeProducers(partitions, brokerId === undefined ? {} : { brokerId });
  return described.flatMap(({ topic, partition, producers, error }) => {
    if (error !== undefined) throw error;
    return producers
      .filter(
        ({ currentTxnStartOffset, lastTimestamp }) => currentTxnStartOffset >= 0 && lastTimestamp < oldestMs,
      )
      .map((producer) => ({ topic, partition, producer }));
  });
}

/** A transaction hangs when no transactional id has its producer, or one has that knows nothing of the partition. */
async function withoutCoordinator(
  open: readonly OpenTransaction[],
  admin: Admin,
): Promise<readonly OpenTransaction[]> {
  if (open.length === 0) return [];
  const producerIds = [...new Set(open.map(({ producer }) => producer.producerId))];
  const listed = await admin.listTransactions({ producerIds });
  const described = await admin.describeTransactions(listed.map(({ transactionalId }) => transactionalId));
  const known = new Set(
    described.flatMap(({ producerId, partitions, error }) => {
      if (error !== undefined && error.errorName !== 'TRANSACTIONAL_ID_NOT_FOUND') throw error;
      return partitions.map(({ topic, partition }) => `${producerId}/${topic}/${partition}`);
    }),
  );
  return open.filter(
    ({ topic, partition, producer }) => !known.has(`${producer.producerId}/${topic}/${partition}`),
  );
}

function table(hanging: readonly OpenTransaction[], nowMs: number): string {
  return tabTable(
    [
      'Topic',
      'Partition',
      'ProducerId',
      'ProducerEpoch',
      'CoordinatorEpoch',
      'StartOffset',
      'LastTimestamp',
      'Duration(min)',
    ],
    hanging.map(({ topic, partition, producer }) => [
      topic,
      partition,
      producer.producerId,
      producer.producerEpoch,
      producer.coordinatorEpoch,
      producer.currentTxnStartOffset,
      producer.lastTimestamp,
      Math.floor((nowMs - producer.lastTimestamp) / MINUTE_MS),
    ]),
  );
}
