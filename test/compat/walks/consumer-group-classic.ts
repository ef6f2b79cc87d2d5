import type { GroupWalk } from './consumer-group-state.ts';

export async function anything(_walk: GroupWalk): Promise<void> {}
export async function endAll(_walk: GroupWalk): Promise<void> {}
