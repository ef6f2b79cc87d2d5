import { readdirSync } from 'node:fs';

/**
 * How much of what the system lends the process is in use, by kind: sockets, servers, timers and threads that keep it alive,
 * and open files where they can be counted (`/dev/fd`).
 */
export function openHandles(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  try {
    counts.set('open file', readdirSync('/dev/fd').length);
  } catch {
    // Not on this system.
  }
  return counts;
}
