/** What a client does about an error: give up, try again, or look up leaders and coordinators and try again. */
type Effect = 'final' | 'retry' | 'refresh';

const table = {
  UNKNOWN_SERVER_ERROR: [-1, 'final', 'The server failed in a way it has no code for.'],
  NONE: [0, 'final', 'No error.'],
  OFFSET_OUT_OF_RANGE: [1, 'final', 'The offset lies outside the log of the partition.'],
  CORRUPT_MESSAGE: [2, 'retry', 'A record batch is damaged or fails its checksum.'],
  UNKNOWN_TOPIC_OR_PARTITION: [3, 'refresh', 'This broker does not know the topic or partition.'],
  INVALID_FETCH_SIZE: [4, 'final', 'The fetch size is not a valid number.'],
  LEADER_NOT_AVAILABLE: [5, 'refresh', 'The partition has no leader at the moment.'],
  NOT_LEADER_OR_FOLLOWER: [
    6,
    'refresh',
    'This broker is not the leader or follower of the partition that the request needs.',
  ],
  REQUEST_TIMED_OUT: [7, 'retry', 'The request was not finished within its timeout.'],
  BROKER_NOT_AVAILABLE: [8, 'final', 'The broker cannot be reached.'],
  REPLICA_NOT_AVAILABLE: [9, 'refresh', 'The replica is not there yet, or not any more.'],
  MESSAGE_TOO_LARGE: [10, 'final', 'The batch is larger than max.message.bytes allows.'],
  STALE_CONTROLLER_EPOCH: [11, 'final', 'The controller epoch of the request has passed.'],
  OFFSET_METADATA_TOO_LARGE: [12, 'final', 'The metadata string of a committed offset is too long.'],
  NETWORK_EXCEPTION: [13, 'refresh', 'The server closed the connection before it answered.'],
  COORDINATOR_LOAD_IN_PROGRESS: [14, 'retry', 'The coordinator is still loading its state.'],
  COORDINATOR_NOT_AVAILABLE: [15, 'refresh', 'No coordinator can be named at the moment.'],
  NOT_COORDINATOR: [16, 'refresh', 'This broker is not the coordinator of the group or transaction.'],
  INVALID_TOPIC_EXCEPTION: [17, 'final', 'The topic name is not valid.'],
  RECORD_LIST_TOO_LARGE: [18, 'final', 'The batch set is larger than a log segment.'],
  NOT_ENOUGH_REPLICAS: [19, 'retry', 'There are fewer in-sync replicas than min.insync.replicas asks for.'],
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: [
    20,
    'retry',
    'The records were appended, but to fewer in-sync replicas than min.insync.replicas asks for.',
  ],
  INVALID_REQUIRED_ACKS: [21, 'final', 'acks has to be -1, 0 or 1.'],
  ILLEGAL_GENERATION: [22, 'final', 'The generation of the member is not that of the group.'],
  INCONSISTENT_GROUP_PROTOCOL: [
    23,
    'final',
    'The protocol type or the protocols of the member do not match those of the group.',
  ],
  INVALID_GROUP_ID: [24, 'final', 'The group id is not valid.'],
  UNKNOWN_MEMBER_ID: [25, 'final', 'The group has no member with this id.'],
  INVALID_SESSION_TIMEOUT: [26, 'final', 'The session timeout lies outside the bounds of the broker.'],
  REBALANCE_IN_PROGRESS: [27, 'final', 'The group is rebalancing, the member has to join again.'],
  INVALID_COMMIT_OFFSET_SIZE: [28, 'final', 'The offsets to commit are too large for one batch.'],
  TOPIC_AUTHORIZATION_FAILED: [29, 'final', 'The principal may not use the topic.'],
  GROUP_AUTHORIZATION_FAILED: [30, 'final', 'The principal may not use the group.'],
  CLUSTER_AUTHORIZATION_FAILED: [31, 'final', 'The principal may not do this to the cluster.'],
  INVALID_TIMESTAMP: [32, 'final', 'The timestamp of a record is out of the accepted range.'],
  UNSUPPORTED_SASL_MECHANISM: [33, 'final', 'The SASL mechanism is not enabled here.'],
  ILLEGAL_SASL_STATE: [34, 'final', 'The request does not fit the state of the SASL handshake.'],
  UNSUPPORTED_VERSION: [35, 'final', 'The server does not support this version of the request.'],
  TOPIC_ALREADY_EXISTS: [36, 'final', 'A topic of this name exists.'],
  INVALID_PARTITIONS: [37, 'final', 'The number of partitions is not valid.'],
  INVALID_REPLICATION_FACTOR: [
    38,
    'final',
    'The replication factor is not valid, or larger than the number of brokers.',
  ],
  INVALID_REPLICA_ASSIGNMENT: [39, 'final', 'The replica assignment is not valid.'],
  INVALID_CONFIG: [40, 'final', 'A config has a value that is not valid.'],
  NOT_CONTROLLER: [41, 'retry', 'This node is not the active controller.'],
  // Clients show this one as it comes from Kafka.
  INVALID_REQUEST: [
    42,
    'final',
    'This most likely occurs because of a request being malformed by the client library or the message was sent to an incompatible broker. See the broker logs for more details.',
  ],
  UNSUPPORTED_FOR_MESSAGE_FORMAT: [
    43,
    'final',
    'The message format of the log does not support the request.',
  ],
  POLICY_VIOLATION: [44, 'final', 'A policy of the cluster refuses the request.'],
  OUT_OF_ORDER_SEQUENCE_NUMBER: [
    45,
    'final',
    'The sequence number of the batch does not follow the one before it.',
  ],
  DUPLICATE_SEQUENCE_NUMBER: [46, 'final', 'The batch with this sequence number was written before.'],
  INVALID_PRODUCER_EPOCH: [47, 'final', 'The producer epoch is older than the current one.'],
  INVALID_TXN_STATE: [48, 'final', 'The transaction is in a state that does not allow the request.'],
  INVALID_PRODUCER_ID_MAPPING: [
    49,
    'final',
    'The producer id is not the one assigned to the transactional id.',
  ],
  INVALID_TRANSACTION_TIMEOUT: [50, 'final', 'The transaction timeout is above transaction.max.timeout.ms.'],
  CONCURRENT_TRANSACTIONS: [51, 'retry', 'The transaction is still being completed.'],
  TRANSACTION_COORDINATOR_FENCED: [52, 'final', 'Another broker has become the transaction coordinator.'],
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: [53, 'final', 'The principal may not use the transactional id.'],
  SECURITY_DISABLED: [54, 'final', 'No authorizer is configured.'],
  OPERATION_NOT_ATTEMPTED: [
    55,
    'final',
    'The operation was not tried because another one in the request failed.',
  ],
  KAFKA_STORAGE_ERROR: [56, 'refresh', 'The disk of the log failed.'],
  LOG_DIR_NOT_FOUND: [57, 'final', 'The broker has no such log directory.'],
  SASL_AUTHENTICATION_FAILED: [58, 'final', 'Authentication failed.'],
  UNKNOWN_PRODUCER_ID: [59, 'final', 'The log holds no state of the producer id.'],
  REASSIGNMENT_IN_PROGRESS: [60, 'final', 'The partition is being reassigned.'],
  DELEGATION_TOKEN_AUTH_DISABLED: [61, 'final', 'Delegation tokens are not enabled here.'],
  DELEGATION_TOKEN_NOT_FOUND: [62, 'final', 'No delegation token of this id exists.'],
  DELEGATION_TOKEN_OWNER_MISMATCH: [63, 'final', 'The principal is not the owner of the delegation token.'],
  DELEGATION_TOKEN_REQUEST_NOT_ALLOWED: [
    64,
    'final',
    'A delegation token may not be used to ask for delegation tokens.',
  ],
  DELEGATION_TOKEN_AUTHORIZATION_FAILED: [65, 'final', 'The principal may not use delegation tokens.'],
  DELEGATION_TOKEN_EXPIRED: [66, 'final', 'The delegation token has expired.'],
  INVALID_PRINCIPAL_TYPE: [67, 'final', 'The principal type is not supported.'],
  NON_EMPTY_GROUP: [68, 'final', 'The group still has members.'],
  GROUP_ID_NOT_FOUND: [69, 'final', 'No group of this id exists.'],
  FETCH_SESSION_ID_NOT_FOUND: [70, 'retry', 'The broker has no such fetch session.'],
  INVALID_FETCH_SESSION_EPOCH: [71, 'retry', 'The epoch of the fetch session is not the expected one.'],
  LISTENER_NOT_FOUND: [72, 'refresh', 'The leader has no listener of the name that the client uses.'],
  TOPIC_DELETION_DISABLED: [73, 'final', 'Topic deletion is switched off.'],
  FENCED_LEADER_EPOCH: [74, 'refresh', 'The leader epoch of the client is older than that of the broker.'],
  UNKNOWN_LEADER_EPOCH: [75, 'retry', 'The leader epoch of the client is newer than that of the broker.'],
  UNSUPPORTED_COMPRESSION_TYPE: [
    76,
    'final',
    'The version of the request does not carry this compression type.',
  ],
  STALE_BROKER_EPOCH: [77, 'final', 'The broker epoch has passed.'],
  OFFSET_NOT_AVAILABLE: [78, 'retry', 'The leader does not yet know its high watermark.'],
  MEMBER_ID_REQUIRED: [79, 'final', 'The member has to join again with the id given to it.'],
  PREFERRED_LEADER_NOT_AVAILABLE: [80, 'refresh', 'The preferred leader is not available.'],
  GROUP_MAX_SIZE_REACHED: [81, 'final', 'The group has as many members as group.max.size allows.'],
  FENCED_INSTANCE_ID: [82, 'final', 'Another member has taken over the group instance id.'],
  ELIGIBLE_LEADERS_NOT_AVAILABLE: [83, 'refresh', 'None of the eligible leaders is available.'],
  ELECTION_NOT_NEEDED: [84, 'refresh', 'The partition has the wanted leader already.'],
  NO_REASSIGNMENT_IN_PROGRESS: [85, 'final', 'The partition is not being reassigned.'],
  GROUP_SUBSCRIBED_TO_TOPIC: [86, 'final', 'A member of the group is subscribed to the topic.'],
  INVALID_RECORD: [87, 'final', 'The broker refuses a record of the batch.'],
  UNSTABLE_OFFSET_COMMIT: [
    88,
    'retry',
    'Offsets of an open transaction are pending, the committed one may change.',
  ],
  THROTTLING_QUOTA_EXCEEDED: [89, 'retry', 'The quota for changes is used up.'],
  PRODUCER_FENCED: [90, 'final', 'A newer producer with the same transactional id has taken over.'],
  RESOURCE_NOT_FOUND: [91, 'final', 'The resource does not exist.'],
  DUPLICATE_RESOURCE: [92, 'final', 'The resource exists already.'],
  UNACCEPTABLE_CREDENTIAL: [93, 'final', 'The credential does not meet the requirements.'],
  INCONSISTENT_VOTER_SET: [94, 'final', 'The voter set of the sender is not that of the receiver.'],
  INVALID_UPDATE_VERSION: [95, 'final', 'The version to update to is not valid.'],
  FEATURE_UPDATE_FAILED: [96, 'final', 'The feature update could not be carried out.'],
  PRINCIPAL_DESERIALIZATION_FAILURE: [97, 'final', 'The forwarded principal cannot be read.'],
  SNAPSHOT_NOT_FOUND: [98, 'final', 'The snapshot does not exist.'],
  POSITION_OUT_OF_RANGE: [99, 'final', 'The position lies outside the snapshot.'],
  UNKNOWN_TOPIC_ID: [100, 'refresh', 'This broker does not know the topic id.'],
  DUPLICATE_BROKER_REGISTRATION: [101, 'final', 'A broker with this id is running.'],
  BROKER_ID_NOT_REGISTERED: [102, 'final', 'No broker of this id is registered.'],
  INCONSISTENT_TOPIC_ID: [103, 'refresh', 'The topic id differs from the one in the log.'],
  INCONSISTENT_CLUSTER_ID: [104, 'final', 'The cluster id of the request is not that of this cluster.'],
  TRANSACTIONAL_ID_NOT_FOUND: [105, 'final', 'No transactional id of this name exists.'],
  FETCH_SESSION_TOPIC_ID_ERROR: [106, 'retry', 'The fetch session mixes topic ids and topic names.'],
  INELIGIBLE_REPLICA: [107, 'final', 'The replica may not join the in-sync replicas.'],
  NEW_LEADER_ELECTED: [108, 'final', 'The change led to the election of another leader.'],
  OFFSET_MOVED_TO_TIERED_STORAGE: [109, 'final', 'The offset has been moved to tiered storage.'],
  FENCED_MEMBER_EPOCH: [110, 'final', 'The coordinator has fenced the epoch of the member.'],
  UNRELEASED_INSTANCE_ID: [111, 'final', 'Another live member holds the group instance id.'],
  UNSUPPORTED_ASSIGNOR: [112, 'final', 'The coordinator does not offer the assignor.'],
  STALE_MEMBER_EPOCH: [
    113,
    'final',
    'The epoch of the member has passed; it has to heartbeat and try again.',
  ],
  MISMATCHED_ENDPOINT_TYPE: [114, 'final', 'The request was sent to the wrong kind of endpoint.'],
  UNSUPPORTED_ENDPOINT_TYPE: [115, 'final', 'This kind of endpoint is not known.'],
  UNKNOWN_CONTROLLER_ID: [116, 'final', 'No controller of this id is known.'],
  UNKNOWN_SUBSCRIPTION_ID: [117, 'final', 'The subscription id of the client has passed.'],
  TELEMETRY_TOO_LARGE: [118, 'final', 'The telemetry is larger than the broker accepts.'],
  INVALID_REGISTRATION: [119, 'final', 'The registration of the controller is not valid.'],
  TRANSACTION_ABORTABLE: [120, 'final', 'The transaction has to be aborted, then the producer can go on.'],
  INVALID_RECORD_STATE: [121, 'final', 'The state of the record does not allow the acknowledgement.'],
  SHARE_SESSION_NOT_FOUND: [122, 'retry', 'The broker has no such share session.'],
  INVALID_SHARE_SESSION_EPOCH: [123, 'retry', 'The epoch of the share session is not the expected one.'],
  FENCED_STATE_EPOCH: [124, 'final', 'The state epoch of the share partition has passed.'],
  INVALID_VOTER_KEY: [125, 'final', 'The directory id of the voter is not the known one.'],
  DUPLICATE_VOTER: [126, 'final', 'The voter is in the voter set already.'],
  VOTER_NOT_FOUND: [127, 'final', 'The voter is not in the voter set.'],
  INVALID_REGULAR_EXPRESSION: [128, 'final', 'The regular expression is not valid.'],
  REBOOTSTRAP_REQUIRED: [129, 'final', 'The client has to start again from its bootstrap servers.'],
  STREAMS_INVALID_TOPOLOGY: [130, 'final', 'The streams topology is not valid.'],
  STREAMS_INVALID_TOPOLOGY_EPOCH: [131, 'final', 'The streams topology epoch is not valid.'],
  STREAMS_TOPOLOGY_FENCED: [132, 'final', 'The streams topology epoch of the member has passed.'],
  SHARE_SESSION_LIMIT_REACHED: [133, 'retry', 'The broker holds as many share sessions as it may.'],
} as const satisfies Record<string, readonly [code: number, effect: Effect, message: string]>;

/** The names of Kafka's protocol errors. */
export type ErrorName = keyof typeof table;

/** The codes of Kafka's protocol errors, -1 to 133, by name. */
export const ErrorCode = Object.fromEntries(Object.entries(table).map(([name, [code]]) => [name, code])) as {
  readonly [N in ErrorName]: (typeof table)[N][0];
};

/** The code of one of Kafka's protocol errors. */
export type ErrorCode = (typeof table)[ErrorName][0];

/** One of Kafka's protocol errors. */
export interface KafkaError {
  readonly code: ErrorCode;
  readonly name: ErrorName;
  /** Whether the same request can succeed later, as Kafka's own clients judge it. */
  readonly isRetriable: boolean;
  /** Whether leaders or coordinators have to be looked up again before a retry. Implies `isRetriable`. */
  readonly needsRefresh: boolean;
  readonly message: string;
}

const byCode = new Map<number, KafkaError>(
  Object.entries(table).map(([name, [code, effect, message]]) => [
    code,
    {
      code,
      name: name as ErrorName,
      isRetriable: effect !== 'final',
      needsRefresh: effect === 'refresh',
      message,
    },
  ]),
);

/** The error of a code found in a message. A code that Kafka 4.3 does not have counts as UNKNOWN_SERVER_ERROR. */
export function errorOf(code: number): KafkaError {
  return byCode.get(code) ?? unknownServerError;
}

const unknownServerError: KafkaError = {
  code: -1,
  name: 'UNKNOWN_SERVER_ERROR',
  isRetriable: false,
  needsRefresh: false,
  message: table.UNKNOWN_SERVER_ERROR[2],
};
