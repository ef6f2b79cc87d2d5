import type { GroupWalk } from './consumer-group-state.ts';

export async function patterns(_walk: GroupWalk): Promise<void> {}
export async function settlePatterns(_walk: GroupWalk): Promise<void> {}
