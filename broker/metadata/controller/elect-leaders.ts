import {
  type ElectLeadersRequest,
  type Element,
  type Encodable,
  ErrorCode,
  type electLeadersResponse,
} from '../../../kafka/protocol/index.ts';
import { RefusedError } from '../errors.ts';
import { type MetadataImage, type PartitionImage, partitionsInOrder, type TopicImage } from '../image.ts';
import type { MetadataRecord } from '../record.ts';
import { type Decision, orRefusal } from './decision.ts';
import { isActive } from './placement.ts';

/** Values of `electionType` (KIP-460). */
const electionTypes = { PREFERRED: 0, UNCLEAN: 1 } as const;

export type ElectLeadersAnswer = Encodable<typeof electLeadersResponse>;
type TopicResult = Element<ElectLeadersAnswer['replicaElectionResults']>;
type PartitionResult = Element<TopicResult['partitionResult']>;

/**
 * Decides ElectLeaders (43). Every partition is answered as often as it is named; of all (null), those that need an
 * election.
 */
export function decideElectLeaders(
  image: MetadataImage,
  { electionType, topicPartitions }: Pick<ElectLeadersRequest, 'electionType' | 'topicPartitions'>,
): Decision<ElectLeadersAnswer> {
  if (topicPartitions?.length === 0) {
    const response = { throttleTimeMs: 0, errorCode: ErrorCode.NONE, replicaElectionResults: [] };
    return { records: [], response };
  }
  if (electionType !== electionTypes.PREFERRED && electionType !== electionTypes.UNCLEAN) {
    const errorCode = ErrorCode.INVALID_REQUEST;
    const errorMessage = `Unknown election type ${electionType}`;
    const replicaElectionResults = (topicPartitions ?? []).map(
      ({ topic, partitions }): TopicResult => ({
        topic,
        partitionResult: partitions.map((partitionId) => ({ partitionId, errorCode, errorMessage })),
      }),
    );
    return { records: [], response: { throttleTimeMs: 0, errorCode, replicaElectionResults } };
  }
  const records: MetadataRecord[] = [];
  const elect = (name: string, partitionId: number): PartitionResult => {
    const attempt = (): PartitionResult => {
      records.push(election(image, electionType, name, partitionId));
      return { partitionId, errorCode: ErrorCode.NONE, errorMessage: null };
    };
    return orRefusal(attempt, ({ errorCode, message }) => ({
      partitionId,
      errorCode,
      errorMessage: message,
    }));
  };
  const wanted = topicPartitions ?? [...image.topics()].map(everyPartition);
  const replicaElectionResults = wanted.map(({ topic, partitions }): TopicResult => {
    const answered = partitions.map((partitionId) => elect(topic, partitionId));
    const isTold = ({ errorCode }: PartitionResult): boolean =>
      topicPartitions !== null || errorCode !== ErrorCode.ELECTION_NOT_NEEDED;
    return { topic, partitionResult: answered.filter(isTold) };
  });
  return { records, response: { throttleTimeMs: 0, errorCode: ErrorCode.NONE, replicaElectionResults } };
}

function everyPartition(topic: TopicImage) {
  return { topic: topic.name, partitions: partitionsInOrder(topic).map(({ partitionId }) => partitionId) };
}

/** The record of an election. Throws {@link RefusedError} in Kafka's words. */
function election(
  image: MetadataImage,
  electionType: number,
  name: string,
  partitionId: number,
): MetadataRecord {
  const topic = image.topic(name);
  if (topic === undefined) {
    throw new RefusedError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `No such topic as ${name}`);
  }
  const partition = topic.partitions.get(partitionId);
  if (partition === undefined) {
    const message = `No such partition as ${name}-${partitionId}`;
    throw new RefusedError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, message);
  }
  const isPreferred = electionType === electionTypes.PREFERRED;
  const leader = isPreferred ? preferredLeader(image, partition) : anyLeader(image, partition);
  const isUnclean = !partition.isr.includes(leader);
  return {
    type: 'PartitionChangeRecord',
    value: {
      topicId: topic.id,
      partitionId,
      leader,
      isr: isUnclean ? [leader] : null,
      leaderRecoveryState: isUnclean ? 1 : -1,
      replicas: null,
      removingReplicas: null,
      addingReplicas: null,
      directories: null,
      eligibleLeaderReplicas: null,
      lastKnownElr: null,
    },
  };
}

/** The first replica, when it may lead now and does not yet. */
function preferredLeader(image: MetadataImage, { replicas, isr, leader }: PartitionImage): number {
  const [preferred = -1] = replicas;
  if (leader === preferred) throw notNeeded();
  if (isr.includes(preferred) && canLead(image, preferred)) return preferred;
  throw new RefusedError(ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE, 'The preferred leader was not available.');
}

/** Any replica that is alive, one in the ISR first, when there is no leader. */
function anyLeader(image: MetadataImage, { replicas, isr, leader }: PartitionImage): number {
  if (leader !== -1) throw notNeeded();
  const alive = replicas.filter((id) => canLead(image, id));
  const elected = alive.find((id) => isr.includes(id)) ?? alive[0];
  if (elected !== undefined) return elected;
  const message = 'Eligible topic partition leaders are not available.';
  throw new RefusedError(ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE, message);
}

function notNeeded(): RefusedError {
  const message = 'Leader election not needed for topic partition.';
  return new RefusedError(ErrorCode.ELECTION_NOT_NEEDED, message);
}

function canLead(image: MetadataImage, id: number): boolean {
  const broker = image.broker(id);
  return broker !== undefined && isActive(broker);
}
