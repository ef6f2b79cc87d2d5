import { ErrorCode, type JoinGroupResponse } from '../../protocol/index.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import { KafkaError } from '../errors.ts';
import { assignmentTask, joinGroup, type Membership, type MemberTimes, syncGroup } from './group-requests.ts';
import type { GroupAssignment, GroupProtocol } from './membership.ts';

/** Who joins. It learns its member id and generation while it joins. */
export interface Candidate {
  readonly protocol: GroupProtocol;
  readonly times: MemberTimes;
  readonly reason: string;
  identity(): Membership;
  /** Throws when the attempt has become void, because the member has left or was removed in the meantime. */
  learn(news: { readonly memberId: string; readonly generationId?: number }): void;
}

/** Enters the group, or enters it again, and takes the assignment. Throws KafkaError and connection errors. */
export async function joinAndSync(
  connection: BrokerConnection,
  candidate: Candidate,
): Promise<GroupAssignment> {
  const { protocol, times, reason } = candidate;
  const ask = () => joinGroup(connection, candidate.identity(), times, protocol, reason);
  let join = await ask();
  if (join.errorCode === ErrorCode.MEMBER_ID_REQUIRED) {
    candidate.learn({ memberId: join.memberId });
    join = await ask();
    if (join.errorCode !== ErrorCode.NONE) {
      throw new KafkaError(join.errorCode, `joining group ${candidate.identity().groupId}`);
    }
  }
  // From here on the member is alive under the new generation.
  candidate.learn({ memberId: join.memberId, generationId: join.generationId });
  return sync(connection, candidate, join);
}

async function sync(
  connection: BrokerConnection,
  { protocol, times, identity }: Candidate,
  join: JoinGroupResponse,
): Promise<GroupAssignment> {
  const isLeader = join.memberId === join.leader;
  const task = assignmentTask(join);
  const { generationId, protocolName, leaderId } = task;
  const assignments = isLeader && !join.skipAssignment ? await protocol.assign(task) : new Map();
  const agreed = { type: protocol.type, name: protocolName };
  const { assignment } = await syncGroup(connection, identity(), agreed, assignments, times);
  return { generationId, memberId: join.memberId, leaderId, isLeader, protocolName, assignment };
}
