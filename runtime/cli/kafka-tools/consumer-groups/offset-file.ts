import type { TopicPartitionOffset } from '../../../../kafka/client/index.ts';
import { ToolError } from '../errors.ts';

/**
 * Reads what `--export` prints: `topic,partition,offset` for one group, `group,topic,partition,offset` for several.
 * Throws {@link ToolError} with the number of a line that cannot be read.
 */
export function parseOffsetFile(
  text: string,
  file: string,
  groups: readonly string[],
): ReadonlyMap<string, readonly TopicPartitionOffset[]> {
  const [onlyGroup, ...others] = groups;
  const isSingle = onlyGroup !== undefined && others.length === 0;
  const found = new Map<string, TopicPartitionOffset[]>();
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const cells = line.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
    const [group, topic, partition, offset, extra] = isSingle ? [onlyGroup, ...cells] : cells;
    const isWhole = [partition, offset].every((cell) => cell !== undefined && /^\d{1,15}$/.test(cell));
    if (!group || !topic || !isWhole || extra !== undefined) {
      const form = isSingle ? 'topic,partition,offset' : 'group,topic,partition,offset';
      throw new ToolError(`${file}:${at + 1}: expected ${form}, found '${line}'`);
    }
    const offsets = found.get(group) ?? [];
    found.set(group, offsets);
    offsets.push({ topic, partition: Number(partition), offset: Number(offset) });
  }
  return found;
}
