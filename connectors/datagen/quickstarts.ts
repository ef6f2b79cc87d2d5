import type { Quickstart } from './quickstart.ts';
import { shopQuickstarts } from './shop-quickstarts.ts';
import { webQuickstarts } from './web-quickstarts.ts';

/** All quickstarts by name. Names and fields are those that users of Connect's datagen know. */
export const quickstarts: ReadonlyMap<string, Quickstart> = new Map(
  Object.entries({ ...shopQuickstarts, ...webQuickstarts }).sort(([a], [b]) => (a < b ? -1 : 1)),
);

/** Finds a quickstart in any case, with `-` or `_`. */
export function findQuickstart(name: string): { name: string; quickstart: Quickstart } | undefined {
  const canonical = name.toLowerCase().replaceAll('-', '_');
  const quickstart = quickstarts.get(canonical);
  return quickstart && { name: canonical, quickstart };
}
