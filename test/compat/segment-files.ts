import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const codecNames = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

/** The folder of a partition, wherever below the data folder the broker keeps its log directory. Throws without one. */
export function partitionFolder(dataDirectory: string, topic: string, partition: number): string {
  const [found] = globSync(join(dataDirectory, `**/${topic}-${partition}`));
  if (found === undefined) throw new Error(`no folder ${topic}-${partition} below the data folder`);
  return found;
}

/** How many batches of each codec the `.log` files of a topic hold, read from the batch headers (magic 2). */
export function batchCodecs(dataDirectory: string, topic: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const file of globSync(join(dataDirectory, `**/${topic}-*/*.log`))) {
    const log = readFileSync(file);
    let position = 0;
    while (position + 61 <= log.length) {
      const length = log.readInt32BE(position + 8);
      if (length <= 0 || log[position + 16] !== 2) break;
      const codec = codecNames[log.readInt16BE(position + 21) & 7] ?? 'unknown';
      counts.set(codec, (counts.get(codec) ?? 0) + 1);
      position += 12 + length;
    }
  }
  return counts;
}
