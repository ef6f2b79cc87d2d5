import {
  array,
  bytes,
  coordinatorKey,
  coordinatorValue,
  int32,
  int64,
  type MessageOf,
  string,
} from '../../schema/index.ts';

/** Key of {@link groupMetadataValue}. */
export const groupMetadataKey = coordinatorKey({
  apiKey: 2,
  name: 'GroupMetadataKey',
  versions: '0',
  flexible: 'none',
  fields: {
    group: string(),
  },
});

/** {@link groupMetadataKey}, decoded. */
export type GroupMetadataKey = MessageOf<typeof groupMetadataKey>;

const memberMetadata = {
  memberId: string(),
  groupInstanceId: string({ versions: '3+', nullable: true, default: null, ignorable: true }),
  clientId: string(),
  clientHost: string(),
  rebalanceTimeout: int32({ versions: '1+', default: -1, ignorable: true }),
  sessionTimeout: int32(),
  subscription: bytes(),
  assignment: bytes(),
};

/** A classic group: generation, protocol, leader and members. */
export const groupMetadataValue = coordinatorValue({
  apiKey: 2,
  name: 'GroupMetadataValue',
  versions: '0-4',
  flexible: '4+',
  fields: {
    protocolType: string(),
    generation: int32(),
    protocol: string({ nullable: true }),
    leader: string({ nullable: true }),
    currentStateTimestamp: int64({ versions: '2+', default: -1, ignorable: true }),
    members: array(memberMetadata),
  },
});

/** {@link groupMetadataValue}, decoded. */
export type GroupMetadataValue = MessageOf<typeof groupMetadataValue>;
