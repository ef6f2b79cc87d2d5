/** Writes a time as java.text.SimpleDateFormat does, for the letters y M d H h m s S and a; local time. */
export function formatDate(pattern: string, timeMs: number): string {
  const at = new Date(timeMs);
  const fields: Readonly<Record<string, number>> = {
    y: at.getFullYear(),
    M: at.getMonth() + 1,
    d: at.getDate(),
    H: at.getHours(),
    h: at.getHours() % 12 || 12,
    m: at.getMinutes(),
    s: at.getSeconds(),
    S: at.getMilliseconds(),
  };
  return pattern.replace(/'((?:[^']|'')*)'|([A-Za-z])\2*/g, (whole: string, quoted: string | undefined) => {
    if (quoted !== undefined) return quoted === '' ? "'" : quoted.replaceAll("''", "'");
    const letter = whole.slice(0, 1);
    if (letter === 'a') return at.getHours() < 12 ? 'AM' : 'PM';
    const value = fields[letter];
    if (value === undefined) return whole;
    const text = String(value).padStart(whole.length, '0');
    return letter === 'y' && whole.length === 2 ? text.slice(-2) : text;
  });
}
