import { ConfigError, type SinkRecord } from '../../runtime/plugin/index.ts';

const variable = /\$\{([^}]*)\}/g;
const known = new Set(['topic', 'partition']);

/** Throws {@link ConfigError} when a pattern has other variables than `${topic}` and `${partition}`. */
export function checkFilePattern(key: string, pattern: string): void {
  const problems = [...pattern.matchAll(variable)]
    .filter(([, name = '']) => !known.has(name))
    .map(([text]) => ({
      key,
      message: `Invalid value ${pattern} for configuration ${key}: there is no variable ${text}.`,
      hint: 'Use ${topic} and ${partition}.',
    }));
  if (problems.length > 0) throw new ConfigError(problems);
}

/** The path for a record; undefined when its topic, which a transform may have changed, cannot be part of a path. */
export function pathOf(pattern: string, { topic, partition }: SinkRecord): string | undefined {
  if (!pattern.includes('${')) return pattern;
  if (pattern.includes('${topic}') && !isFileName(topic)) return undefined;
  return pattern.replaceAll('${topic}', () => topic).replaceAll('${partition}', String(partition));
}

/** The pattern as a path of its own, to keep something beside the files. */
export function plainPath(pattern: string): string {
  return pattern.replaceAll(variable, (_text, name: string) => name);
}

function isFileName(text: string): boolean {
  return text !== '' && text !== '.' && text !== '..' && !/[/\\\0]/.test(text);
}
