import type { ProducerState, TransactionDescription } from '../../../../kafka/client/index.ts';
import { toolCommand } from '../command-tool.ts';
import { withAdmin } from '../connection-options.ts';
import { ToolError } from '../errors.ts';
import { tabTable } from '../text-table.ts';
import { given } from '../tool.ts';
import { attempt } from './failure.ts';
import { brokerOption, common, partitionOptions } from './options.ts';

const NONE = 'None';

/** `list`: transactional ids and the states of their transactions. */
export const listCommand = toolCommand({
  summary: 'List transactions.',
  options: {
    'duration-filter': {
      describe: 'Only transactions that run for longer, in ms; below 0: all.',
      value: { type: 'Long', label: 'ms' },
    },
    'transactional-id-pattern': {
      describe: 'Only transactional ids that match this regular expression (RE2).',
      value: { type: 'String', label: 'regex' },
    },
  },
  common,
  async run(args, context) {
    const filter = {
      durationMs: args.number('duration-filter'),
      transactionalIdPattern: args.text('transactional-id-pattern'),
    };
    const listed = await attempt('list transactions', () =>
      withAdmin(args, context, (admin) => admin.listTransactions(filter)),
    );
    await context.out.line(
      tabTable(
        ['TransactionalId', 'Coordinator', 'ProducerId', 'TransactionState'],
        listed.map(({ transactionalId, coordinatorId, producerId, state }) => [
          transactionalId,
          coordinatorId,
          producerId,
          state,
        ]),
      ),
    );
    return 0;
  },
});

/** `describe`: one transactional id as its coordinator knows it. */
export const describeCommand = toolCommand({
  summary: 'Describe the state of an active transactional id.',
  options: {
    'transactional-id': {
      describe: 'The transactional id.',
      value: { type: 'String', label: 'transactional id' },
      isRequired: true,
    },
  },
  common,
  async run(args, context) {
    const transactionalId = given(args.text('transactional-id'));
    const what = `describe transaction state of transactional-id \`${transactionalId}\``;
    const described = await attempt(what, () =>
      withAdmin(args, context, async (admin) => {
        const { error, ...found } = given((await admin.describeTransactions([transactionalId]))[0]);
        if (error?.errorName === 'TRANSACTIONAL_ID_NOT_FOUND') {
          throw new ToolError(
            `Failed to ${what}: DescribeTransactions request for transactionalId \`${transactionalId}\` failed because the ID could not be found. Enable debug logging for additional detail.`,
          );
        }
        if (error !== undefined) throw error;
        return found;
      }),
    );
    await context.out.line(transactionTable(described, context.platform.clock.now()));
    return 0;
  },
});

function transactionTable(transaction: TransactionDescription, nowMs: number): string {
  const { startTimeMs, partitions } = transaction;
  return tabTable(
    [
      'CoordinatorId',
      'TransactionalId',
      'ProducerId',
      'ProducerEpoch',
      'TransactionState',
      'TransactionTimeoutMs',
      'CurrentTransactionStartTimeMs',
      'TransactionDurationMs',
      'TopicPartitions',
    ],
    [
      [
        transaction.coordinatorId,
        transaction.transactionalId,
        transaction.producerId,
        transaction.producerEpoch,
        transaction.state,
        transaction.timeoutMs,
        startTimeMs < 0 ? NONE : startTimeMs,
        startTimeMs < 0 ? NONE : nowMs - startTimeMs,
        partitions.map(({ topic, partition }) => `${topic}-${partition}`).join(','),
      ],
    ],
  );
}

/** `describe-producers`: the producers of a partition. */
export const producersCommand = toolCommand({
  summary: 'Describe the states of active producers for a topic partition.',
  options: { ...brokerOption, ...partitionOptions },
  common,
  async run(args, context) {
    const topic = given(args.text('topic'));
    const partition = given(args.number('partition'));
    const brokerId = args.number('broker-id');
    const where = brokerId === undefined ? 'leader' : `broker ${brokerId}`;
    const what = `describe producers for partition ${topic}-${partition} on ${where}`;
    const producers = await attempt(what, () =>
      withAdmin(args, context, async (admin) => {
        const options = brokerId === undefined ? {} : { brokerId };
        const [found] = await admin.describeProducers([{ topic, partition }], options);
        if (found?.error !== undefined) throw found.error;
        return given(found).producers;
      }),
    );
    await context.out.line(producerTable(producers));
    return 0;
  },
});

function producerTable(producers: readonly ProducerState[]): string {
  return tabTable(
    [
      'ProducerId',
      'ProducerEpoch',
      'LatestCoordinatorEpoch',
      'LastSequence',
      'LastTimestamp',
      'CurrentTransactionStartOffset',
    ],
    producers.map((producer) => [
      producer.producerId,
      producer.producerEpoch,
      producer.coordinatorEpoch,
      producer.lastSequence,
      producer.lastTimestamp,
      producer.currentTxnStartOffset < 0 ? NONE : producer.currentTxnStartOffset,
    ]),
  );
}
