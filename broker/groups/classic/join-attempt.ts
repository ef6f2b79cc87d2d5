import type { JoinGroupRequest } from '../../../kafka/protocol/index.ts';
import type { RequestContext } from '../request-context.ts';
import type { TransitionConfig } from './transition.ts';

/** A JoinGroup and all that its answer depends on. */
export interface Join {
  readonly request: JoinGroupRequest;
  readonly context: RequestContext;
  /** The id that a member without one gets. */
  readonly newMemberId: string;
  readonly config: TransitionConfig;
  /** Wall clock, milliseconds. */
  readonly now: number;
}
