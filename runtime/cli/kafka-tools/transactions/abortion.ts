import type { Admin, PartitionTransaction, TopicPartition } from '../../../../kafka/client/index.ts';
import { toolCommand } from '../command-tool.ts';
import { withAdmin } from '../connection-options.ts';
import { ToolError } from '../errors.ts';
import { given } from '../tool.ts';
import type { ToolArguments } from '../tool-options.ts';
import { attempt } from './failure.ts';
import { common, partitionOptions } from './options.ts';

const producerParts = ['producer-id', 'producer-epoch', 'coordinator-epoch'] as const;

const options = {
  ...partitionOptions,
  'start-offset': {
    describe: 'Where the transaction begins. Enough for brokers from 3.0 on.',
    value: { type: 'Long', label: 'offset' },
  },
  'producer-id': {
    describe: 'For older brokers: the producer.',
    value: { type: 'Long', label: 'producer id' },
  },
  'producer-epoch': { describe: 'For older brokers: its epoch.', value: { type: 'Integer', label: 'epoch' } },
  'coordinator-epoch': {
    describe: "For older brokers: its coordinator's epoch.",
    value: { type: 'Integer', label: 'epoch' },
  },
} as const;

type Option = keyof typeof options;

/** `abort`: ends a transaction that hangs on one partition. */
export const abortCommand = toolCommand<Option, keyof typeof common>({
  summary: 'Abort a hanging transaction (requires administrative privileges).',
  options,
  common,
  async run(args, context) {
    const partition = { topic: given(args.text('topic')), partition: given(args.number('partition')) };
    const startOffset = args.number('start-offset');
    if (startOffset === undefined) checkParts(args);
    await withAdmin(args, context, async (admin) => {
      const transaction =
        startOffset === undefined
          ? { ...partition, ...partsOf(args) }
          : await openTransaction(partition, startOffset, admin);
      const { topic, producerId } = transaction;
      await attempt(`abort transaction of producer ${producerId} on ${topic}-${partition.partition}`, () =>
        admin.abortTransaction(transaction),
      );
    });
    return 0;
  },
});

function checkParts(args: ToolArguments<Option>): void {
  if (!args.has('producer-id')) {
    throw new ToolError(
      'The transaction to abort must be identified either with --start-offset (for brokers on 3.0 or above) or with --producer-id, --producer-epoch, and --coordinator-epoch (for older brokers)',
    );
  }
  const missing = producerParts.find((part) => !args.has(part));
  if (missing !== undefined) throw new ToolError(`Missing required argument --${missing}`);
}

function partsOf(args: ToolArguments<Option>): Omit<PartitionTransaction, keyof TopicPartition> {
  const [producerId, producerEpoch, coordinatorEpoch] = producerParts.map((part) => given(args.number(part)));
  return {
    producerId: given(producerId),
    producerEpoch: given(producerEpoch),
    // A transaction that its coordinator has not yet written to carries none.
    coordinatorEpoch: Math.max(given(coordinatorEpoch), 0),
  };
}

async function openTransaction(
  partition: TopicPartition,
  startOffset: number,
  admin: Admin,
): Promise<PartitionTransaction> {
  const name = `${partition.topic}-${partition.partition}`;
  const producers = await attempt(`find the transaction to abort on ${name}`, async () => {
    const [found] = await admin.describeProducers([partition]);
    if (found?.error !== undefined) throw found.error;
    return given(found).producers;
  });
  const open = producers.find(({ currentTxnStartOffset }) => currentTxnStartOffset === startOffset);
  if (open === undefined) {
    throw new ToolError(
      `Could not find any open transactions starting at offset ${startOffset} on partition ${name}`,
    );
  }
  const { producerId, producerEpoch, coordinatorEpoch } = open;
  return { ...partition, producerId, producerEpoch, coordinatorEpoch: Math.max(coordinatorEpoch, 0) };
}

/** `forceTerminateTransaction`: aborts what a transactional id has open, through its coordinator. */
export const terminateCommand = toolCommand({
  summary: 'Force abort an ongoing transaction on transactionalId (requires administrative privileges).',
  options: {
    transactionalId: {
      describe: 'The transactional id.',
      value: { type: 'String', label: 'transactional id' },
      isRequired: true,
    },
  },
  common,
  async run(args, context) {
    const transactionalId = given(args.text('transactionalId'));
    await attempt(`force terminate transactionalId \`${transactionalId}\``, () =>
      withAdmin(args, context, (admin) => admin.fenceProducer(transactionalId)),
    );
    return 0;
  },
});
