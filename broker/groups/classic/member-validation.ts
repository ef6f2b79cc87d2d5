import { ErrorCode } from '../../../kafka/protocol/index.ts';
import type { ClassicGroup } from './classic-group.ts';

/**
 * Whether the ids name a member of the group: UNKNOWN_MEMBER_ID when not, FENCED_INSTANCE_ID when another member
 * has taken over the group instance id (KIP-345), else NONE.
 */
export function validateMember(
  group: ClassicGroup,
  memberId: string,
  groupInstanceId: string | null,
): number {
  if (groupInstanceId !== null) {
    const current = group.staticMembers.get(groupInstanceId);
    if (current === undefined) return ErrorCode.UNKNOWN_MEMBER_ID;
    if (current !== memberId) return ErrorCode.FENCED_INSTANCE_ID;
  }
  return group.members.has(memberId) ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID;
}
