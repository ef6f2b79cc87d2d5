import { ErrorCode } from '../../../kafka/protocol/index.ts';

/** READ, DELETE, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS: what may be done to a group where everything is allowed. */
const ALL_GROUP_OPERATIONS = 0b1101_0100_1000;

/** Described groups with what the client may do to them, where it asked for that. */
export function withOperations<G extends { readonly errorCode: number }>(
  groups: readonly G[],
  isAsked: boolean,
): readonly G[] {
  if (!isAsked) return groups;
  return groups.map((group) =>
    group.errorCode === ErrorCode.NONE ? { ...group, authorizedOperations: ALL_GROUP_OPERATIONS } : group,
  );
}
