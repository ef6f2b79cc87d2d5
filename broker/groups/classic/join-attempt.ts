import type { JoinGroupRequest } from '../../../kafka/protocol/index.ts';
import type { NewMemberIds } from '../member-id.ts';
import type { RequestContext } from '../request-context.ts';
import type { TransitionConfig } from './transition.ts';

/** A JoinGroup and all that its answer depends on. */
export interface Join extends NewMemberIds {
  readonly request: JoinGroupRequest;
  readonly context: RequestContext;
  readonly config: TransitionConfig;
  /** Wall clock, milliseconds. */
  readonly now: number;
}
