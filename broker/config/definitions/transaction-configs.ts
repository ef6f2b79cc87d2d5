import { boolean, clusterWide, defineConfigs, int, internal, short } from '../definition.ts';
import { atLeast } from '../validator.ts';

/** Transactions, their state topic and producer ids. */
// biome-ignore format: a table, one config a line.
export const transactionConfigs = defineConfigs({
  'transaction.state.log.min.isr': int(2, 'HIGH', 'In-sync replicas that __transaction_state needs for a write.', atLeast(1)),
  'transaction.state.log.load.buffer.size': int(5_242_880, 'HIGH', 'Bytes read at once when transaction state is loaded.', atLeast(1)),
  'transaction.state.log.replication.factor': short(3, 'HIGH', 'Replicas of __transaction_state.', atLeast(1)),
  'transaction.state.log.num.partitions': int(50, 'HIGH', 'Partitions of __transaction_state; fixed once created.', atLeast(1)),
  'transaction.state.log.segment.bytes': int(104_857_600, 'HIGH', 'Segment size of __transaction_state.', atLeast(1)),
  'transaction.partition.verification.enable': boolean(true, 'LOW', 'Check that a partition belongs to the transaction before writing.', clusterWide),
  'producer.id.expiration.ms': int(86_400_000, 'LOW', 'Idle time after which a partition forgets a producer.', atLeast(1), clusterWide),
  'producer.id.expiration.check.interval.ms': int(600_000, 'LOW', 'Time between two looks for producers to forget.', atLeast(1), internal),
  'transactional.id.expiration.ms': int(604_800_000, 'HIGH', 'Idle time after which a transactional id is forgotten.', atLeast(1)),
  'transaction.max.timeout.ms': int(900_000, 'HIGH', 'Longest timeout a producer may ask for its transactions.', atLeast(1)),
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': int(10_000, 'LOW', 'Time between two looks for transactions to abort.', atLeast(1)),
  'transaction.remove.expired.transaction.cleanup.interval.ms': int(3_600_000, 'LOW', 'Time between two looks for transactional ids to forget.', atLeast(1)),
  'transaction.two.phase.commit.enable': boolean(false, 'LOW', 'Allow producers to hold prepared transactions open for ever.'),
  'add.partitions.to.txn.retry.backoff.max.ms': int(100, 'HIGH', "Longest wait of the broker's own retries of AddPartitionsToTxn.", atLeast(0)),
  'add.partitions.to.txn.retry.backoff.ms': int(20, 'HIGH', "Pause between the broker's own retries of AddPartitionsToTxn.", atLeast(1)),
});
