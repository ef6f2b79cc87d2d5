import { compilePattern } from '../../plugin/index.ts';

/** Which topics an option means: `orders`, `pay.*`, `a|b`, `a,b`. Loads RE2 only when it is more than a list of names. */
export function topicFilter(text: string): (topic: string) => boolean {
  const source = text
    .trim()
    .replaceAll(',', '|')
    .replaceAll(' ', '')
    .replace(/^["']+|["']+$/g, '');
  if (/^[\w|-]+$/.test(source)) {
    const names = new Set(source.split('|'));
    return (topic) => names.has(topic);
  }
  const pattern = compilePattern(source);
  return (topic) => pattern.matches(topic);
}
