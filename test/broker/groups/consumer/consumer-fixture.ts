import { decodeGroupRecord } from '../../../../broker/groups/coordinator-record.ts';
import type { GroupRecord } from '../../../../broker/groups/group-record.ts';
import type {
  ConsumerGroupDescribeResponse,
  ConsumerGroupHeartbeatRequest,
  ConsumerGroupHeartbeatResponse,
  MessageOf,
} from '../../../../kafka/protocol/index.ts';
import {
  consumerProtocolAssignment,
  consumerProtocolSubscription,
  decode,
  encodeToBuffer,
} from '../../../../kafka/protocol/index.ts';
import { context, type Groups, settle, topicId } from '../group-fixture.ts';

const heartbeatDefaults: ConsumerGroupHeartbeatRequest = {
  groupId: 'g',
  memberId: '',
  memberEpoch: 0,
  instanceId: null,
  rackId: null,
  rebalanceTimeoutMs: -1,
  subscribedTopicNames: null,
  subscribedTopicRegex: null,
  serverAssignor: null,
  topicPartitions: null,
};

/** What a client of the consumer protocol sends and keeps. */
export class ConsumerClient {
  readonly #groups: Groups;
  readonly memberId: string;
  readonly #fields: Partial<ConsumerGroupHeartbeatRequest>;
  epoch = 0;
  /** Partitions by topic, as the last answer with an assignment said. */
  assigned: readonly string[] = [];
  last: ConsumerGroupHeartbeatResponse | undefined;

  constructor(groups: Groups, memberId: string, fields: Partial<ConsumerGroupHeartbeatRequest> = {}) {
    this.#groups = groups;
    this.memberId = memberId;
    this.#fields = { subscribedTopicNames: ['orders'], ...fields };
  }

  /** Joins, or joins again. */
  join(): Promise<ConsumerGroupHeartbeatResponse> {
    this.epoch = 0;
    this.assigned = [];
    const fields = { rebalanceTimeoutMs: 60_000, ...this.#fields, topicPartitions: [] };
    return this.send({ memberEpoch: 0, ...fields });
  }

  /** Says nothing new, except, when `owned` is given, what it owns. */
  beat(owned?: readonly string[]): Promise<ConsumerGroupHeartbeatResponse> {
    return this.send({ topicPartitions: owned === undefined ? null : partitionsOf(owned) });
  }

  leave(memberEpoch = -1): Promise<ConsumerGroupHeartbeatResponse> {
    return this.send({ memberEpoch, instanceId: this.#fields.instanceId ?? null });
  }

  async send(
    fields: Partial<ConsumerGroupHeartbeatRequest>,
    apiVersion = 1,
  ): Promise<ConsumerGroupHeartbeatResponse> {
    const request = {
      ...heartbeatDefaults,
      instanceId: this.#fields.instanceId ?? null,
      memberId: this.memberId,
      memberEpoch: this.epoch,
      ...fields,
    };
    const response = await this.#groups.service.consumerGroupHeartbeat(request, context(apiVersion));
    this.last = response;
    if (response.errorCode === 0 && request.memberEpoch >= 0) {
      this.epoch = response.memberEpoch;
      if (response.assignment !== null) this.assigned = names(response.assignment.topicPartitions);
    }
    return response;
  }
}

/** Lets members heartbeat, giving up and taking partitions as told, until nothing changes any more. */
export async function converge(clients: readonly ConsumerClient[]): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    let isChanged = false;
    for (const client of clients) {
      const { epoch } = client;
      const response = await client.beat(client.assigned);
      if (response.errorCode !== 0) throw new Error(`${client.memberId}: ${response.errorMessage}`);
      isChanged ||= response.assignment !== null || client.epoch !== epoch;
    }
    if (!isChanged) return;
  }
}

/** `orders-0` for partition 0 of the topic `orders`. */
export function names(
  partitions: readonly { readonly topicId: string; readonly partitions: readonly number[] }[],
): readonly string[] {
  return partitions
    .flatMap((topic) => topic.partitions.map((each) => `${nameOf(topic.topicId)}-${each}`))
    .sort();
}

/** The topic that {@link topicId} made the id of. */
function nameOf(id: string): string {
  return Buffer.from(id, 'base64url').toString().replace(/\.+$/, '');
}

export function partitionsOf(partitions: readonly string[]) {
  const byTopic = new Map<string, number[]>();
  for (const each of partitions) {
    const at = each.lastIndexOf('-');
    const topic = each.slice(0, at);
    byTopic.set(topic, [...(byTopic.get(topic) ?? []), Number(each.slice(at + 1))]);
  }
  return [...byTopic].map(([topic, numbers]) => ({ topicId: topicId(topic), partitions: numbers }));
}

export async function describe(
  groups: Groups,
  groupId = 'g',
): Promise<ConsumerGroupDescribeResponse['groups'][number]> {
  const request = { groupIds: [groupId], includeAuthorizedOperations: false };
  const { groups: described } = await groups.service.consumerGroupDescribe(request);
  await settle();
  const group = described[0];
  if (group === undefined) throw new Error('not described');
  return group;
}

/** The records of the log from `start` on, decoded. */
export function records(groups: Groups, start = 0): readonly GroupRecord[] {
  return groups.log
    .records()
    .slice(start)
    .map(({ key, value }) => {
      const record = decodeGroupRecord(key, value);
      if (record.kind === 'ignored' || record.kind === 'foreign-group') throw new Error(record.kind);
      return record;
    });
}

/** Metadata of a consumer of the classic protocol. */
export function subscription(
  topics: readonly string[],
  owned: readonly string[] = [],
  name = 'range',
): { readonly name: string; readonly metadata: Buffer } {
  const ownedPartitions = partitionsOf(owned).map(({ topicId: id, partitions }) => {
    return { topic: nameOf(id), partitions };
  });
  const body = encodeToBuffer(consumerProtocolSubscription, 1, { topics, userData: null, ownedPartitions });
  return { name, metadata: Buffer.concat([Buffer.from([0, 1]), body]) };
}

/** What a leader assigns to a consumer of the classic protocol. */
export function embeddedAssignment(partitions: readonly string[], userData: Buffer | null = null): Buffer {
  const assignedPartitions = partitionsOf(partitions).map(({ topicId: id, partitions: numbers }) => {
    return { topic: nameOf(id), partitions: numbers };
  });
  const body = encodeToBuffer(consumerProtocolAssignment, 1, { assignedPartitions, userData });
  return Buffer.concat([Buffer.from([0, 1]), body]);
}

/** The partitions that an embedded assignment gives. */
export function assignedPartitions(bytes: Buffer): readonly string[] {
  const assignment: MessageOf<typeof consumerProtocolAssignment> = decode(
    consumerProtocolAssignment,
    bytes.readInt16BE(0),
    bytes,
    2,
  );
  return assignment.assignedPartitions
    .flatMap(({ topic, partitions }) => partitions.map((partition) => `${topic}-${partition}`))
    .sort();
}
