import { boolean, clusterWide, defineConfigs, int, internal, list, long, string } from '../definition.ts';
import { atLeast, between, compressionTypes, gzipLevel, listOfWords, oneOf } from '../validator.ts';

/** The server as a whole: sizes, threads, compression. */
// biome-ignore format: a table, one config a line.
export const serverConfigs = defineConfigs({
  'broker.id': int(-1, 'HIGH', 'Older name of node.id.'),
  'message.max.bytes': int(1_048_588, 'HIGH', 'Largest record batch accepted, compressed, with its overhead.', atLeast(0), clusterWide),
  'num.io.threads': int(8, 'HIGH', 'Threads that process requests.', atLeast(1), clusterWide),
  'num.replica.alter.log.dirs.threads': int(null, 'HIGH', 'Threads that move replicas between directories.'),
  'background.threads': int(10, 'HIGH', 'Threads for background work.', atLeast(1), clusterWide),
  'request.timeout.ms': int(30_000, 'HIGH', 'Time a request of this broker waits for its answer.'),
  'socket.connection.setup.timeout.ms': long(10_000, 'MEDIUM', 'Time a connection of this broker may take to open.'),
  'socket.connection.setup.timeout.max.ms': long(30_000, 'MEDIUM', 'Ceiling of the growing connection setup timeout.'),
  'config.providers': list('', 'LOW', 'Names of the providers that resolve config placeholders.', listOfWords, clusterWide),
  'authorizer.class.name': string('', 'LOW', 'Class that decides who may do what; empty for everybody everything.'),
  'early.start.listeners': list(null, 'HIGH', 'Listeners that open before the authorizer is ready.', listOfWords),
  'broker.rack': string(null, 'MEDIUM', 'Rack of this broker, for replica placement and nearby reads.'),
  'controlled.shutdown.enable': boolean(true, 'MEDIUM', 'Hand over leadership before stopping.'),
  'delete.topic.enable': boolean(true, 'HIGH', 'Allow topics to be deleted.'),
  'compression.type': string('producer', 'HIGH', 'Codec of stored batches; producer keeps what arrives.', oneOf(...compressionTypes), clusterWide),
  'compression.gzip.level': int(-1, 'MEDIUM', 'Effort of gzip, -1 for its own default.', gzipLevel, clusterWide),
  'compression.lz4.level': int(9, 'MEDIUM', 'Effort of LZ4.', between(1, 17), clusterWide),
  'compression.zstd.level': int(3, 'MEDIUM', 'Effort of Zstandard.', between(-131_072, 22), clusterWide),
  'max.incremental.fetch.session.cache.slots': int(1000, 'MEDIUM', 'Incremental fetch sessions kept at once.', atLeast(0)),
  'fetch.max.bytes': int(57_671_680, 'MEDIUM', 'Largest fetch response, whatever the client asks.', atLeast(1024)),
  'max.request.partition.size.limit': int(2000, 'MEDIUM', 'Most partitions in one DescribeTopicPartitions answer.', atLeast(1)),
  'unstable.api.versions.enable': boolean(false, 'HIGH', 'Offer API versions that are still in development.', internal),
  'unstable.feature.versions.enable': boolean(false, 'HIGH', 'Offer feature levels that are still in development.', internal),
});
