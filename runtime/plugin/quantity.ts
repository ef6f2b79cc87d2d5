const durationUnits: Readonly<Record<string, number>> = {
  '': 1,
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const byteUnits: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  k: 1024,
  kib: 1024,
  m: 1024 ** 2,
  mib: 1024 ** 2,
  g: 1024 ** 3,
  gib: 1024 ** 3,
  t: 1024 ** 4,
  tib: 1024 ** 4,
};

/** `500ms`, `1.5s`, `2m`, `1h`, `7d` or a bare number → whole milliseconds; undefined when it is none of these. */
export function parseDuration(text: string): number | undefined {
  return parseQuantity(text, durationUnits);
}

/** `512B`, `64KB`, `1MiB` or a bare number → whole bytes; undefined when it is none of these. */
export function parseBytes(text: string): number | undefined {
  return parseQuantity(text.toLowerCase(), byteUnits);
}

function parseQuantity(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^([+-]?\d+(?:\.\d+)?)\s*([a-zA-Z]*)$/.exec(text.trim());
  const unit = match?.[2] ?? '';
  const factor = match !== null && Object.hasOwn(units, unit) ? units[unit] : undefined;
  return factor === undefined ? undefined : Math.round(Number(match?.[1]) * factor);
}
