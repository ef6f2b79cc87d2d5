import { ToolError } from '../errors.ts';

const LEVEL_MAX = 32_767;

/** Reads `feature=level` texts. Throws ToolError for what is not one, and for a feature that comes twice. */
export function featureLevels(texts: readonly string[]): ReadonlyMap<string, number> {
  const levels = new Map<string, number>();
  for (const text of texts) {
    const equals = text.indexOf('=');
    if (equals < 0) throw new ToolError(`Can't parse feature=level string ${text}: equals sign not found.`);
    const feature = text.slice(0, equals).trim();
    const level = text.slice(equals + 1).trim();
    if (!/^\d{1,5}$/.test(level) || Number(level) > LEVEL_MAX) {
      throw new ToolError(`Can't parse feature=level string ${text}: unable to parse ${level} as a short.`);
    }
    if (levels.has(feature)) throw new ToolError(`Feature ${feature} was specified more than once.`);
    levels.set(feature, Number(level));
  }
  return levels;
}
