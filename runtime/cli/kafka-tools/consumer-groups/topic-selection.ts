import { ToolError } from '../errors.ts';

/** A topic, or some partitions of it. */
export interface TopicSelection {
  readonly topic: string;
  /** Undefined: all. */
  readonly partitions: readonly number[] | undefined;
}

/** Reads `orders` and `orders:0,1`. Throws ToolError for what is no list of partitions. */
export function topicSelections(texts: readonly string[]): readonly TopicSelection[] {
  return texts.map((text) => {
    const colon = text.indexOf(':');
    if (colon < 0) return { topic: text, partitions: undefined };
    const partitions = text
      .slice(colon + 1)
      .split(',')
      .map((part) => part.trim());
    if (colon === 0 || !partitions.every((part) => /^\d{1,9}$/.test(part))) {
      throw new ToolError(`Invalid topic arg '${text}', expected topic name and partitions`);
    }
    return { topic: text.slice(0, colon), partitions: [...new Set(partitions.map(Number))] };
  });
}
