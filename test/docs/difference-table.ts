import { publishedDifferences } from '../compat/differences.ts';
import { withWritten } from './written.ts';

/** `text` of docs/compatibility.md with what test/compat/differences.md accepts, a row a reason. */
export function withDifferences(text: string): string {
  const byReason = Map.groupBy(publishedDifferences(), ({ why }) => why);
  const rows = [...byReason].map(([why, differences]) => {
    const asked = new Set(differences.map(({ command }) => `\`${command.trim()}\``));
    return `| ${[...asked].join(', ')} | ${why} |\n`;
  });
  return withWritten(
    text,
    'differences',
    ['| asked | what is otherwise, and why |\n| --- | --- |\n', ...rows].join(''),
  );
}
