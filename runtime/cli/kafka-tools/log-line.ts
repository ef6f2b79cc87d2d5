/** A line as log4j writes it to stderr in Kafka's tools: `[2026-01-31 12:00:00,000] ERROR text (logger)`, local time. */
export function logLine(nowMs: number, level: 'WARN' | 'ERROR', text: string, logger: string): string {
  const at = new Date(nowMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return `[${day} ${time},${String(at.getMilliseconds()).padStart(3, '0')}] ${level} ${text} (${logger})`;
}
