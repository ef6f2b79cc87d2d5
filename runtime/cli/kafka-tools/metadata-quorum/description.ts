import type { QuorumDescription, QuorumReplica } from '../../../../kafka/client/index.ts';
import { zeroUuid } from '../../../../kafka/protocol/index.ts';
import { tabTable } from '../text-table.ts';

const LABEL_WIDTH = 24;

/** `--status`: a line for each fact. */
export function statusText(quorum: QuorumDescription, clusterId: string | null): string {
  const { leaderId, leaderEpoch, highWatermark, voters, observers } = quorum;
  const { lag, lagTimeMs } = slowest(quorum);
  const facts = [
    ['ClusterId', clusterId ?? ''],
    ['LeaderId', leaderId],
    ['LeaderEpoch', leaderEpoch],
    ['HighWatermark', highWatermark],
    ['MaxFollowerLag', lag],
    ['MaxFollowerLagTimeMs', lagTimeMs],
    ['CurrentVoters', nodesText(voters, quorum)],
    ['CurrentObservers', nodesText(observers, quorum)],
  ];
  return facts.map(([label, value]) => `${`${label}:`.padEnd(LABEL_WIDTH)}${value}`).join('\n');
}

/** How far the voter that is last is behind the leader. */
function slowest({ leaderId, voters }: QuorumDescription): {
  readonly lag: number;
  readonly lagTimeMs: number;
} {
  const leader = voters.find(({ nodeId }) => nodeId === leaderId);
  const last = voters.reduce<QuorumReplica | undefined>(
    (least, voter) => (least === undefined || voter.logEndOffset < least.logEndOffset ? voter : least),
    undefined,
  );
  if (leader === undefined || last === undefined) return { lag: -1, lagTimeMs: -1 };
  const isKnown = leader.lastCaughtUpTimestamp >= 0 && last.lastCaughtUpTimestamp >= 0;
  const lagTimeMs =
    last === leader ? 0 : isKnown ? leader.lastCaughtUpTimestamp - last.lastCaughtUpTimestamp : -1;
  return { lag: leader.logEndOffset - last.logEndOffset, lagTimeMs };
}

function nodesText(replicas: readonly QuorumReplica[], { endpoints }: QuorumDescription): string {
  const texts = replicas.map(({ nodeId, directoryId }) => {
    const directory = directoryId === zeroUuid ? 'null' : `"${directoryId}"`;
    const listeners = (endpoints.get(nodeId) ?? []).map(
      ({ name, host, port }) => `"${name}://${host}:${port}"`,
    );
    const places = listeners.length === 0 ? '' : `, "endpoints": [${listeners.join(', ')}]`;
    return `{"id": ${nodeId}, "directoryId": ${directory}${places}}`;
  });
  return `[${texts.join(', ')}]`;
}

/** `--replication`: a row for each node, the leader first. With `nowMs`, times as how long ago. */
export function replicationTable(quorum: QuorumDescription, nowMs: number | undefined): string {
  const { leaderId, voters, observers } = quorum;
  const leader = voters.find(({ nodeId }) => nodeId === leaderId);
  const time = (timestamp: number) =>
    nowMs === undefined || timestamp < 0 ? timestamp : `${Math.max(nowMs - timestamp, 0)} ms ago`;
  const rowOf = (replica: QuorumReplica, status: string) => [
    replica.nodeId,
    replica.directoryId,
    replica.logEndOffset,
    (leader?.logEndOffset ?? replica.logEndOffset) - replica.logEndOffset,
    time(replica.lastFetchTimestamp),
    time(replica.lastCaughtUpTimestamp),
    status,
  ];
  return tabTable(
    ['NodeId', 'DirectoryId', 'LogEndOffset', 'Lag', 'LastFetchTimestamp', 'LastCaughtUpTimestamp', 'Status'],
    [
      ...(leader === undefined ? [] : [rowOf(leader, 'Leader')]),
      ...voters.filter((voter) => voter !== leader).map((voter) => rowOf(voter, 'Follower')),
      ...observers.map((observer) => rowOf(observer, 'Observer')),
    ],
  );
}
