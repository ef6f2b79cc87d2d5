/** A flat configuration as Kafka Connect stores it: texts by name. */
export type Properties = Readonly<Record<string, string>>;

/** The entries whose names begin with `prefix`, without it. */
export function withPrefix(properties: Properties, prefix: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith(prefix) && name.length > prefix.length) found[name.slice(prefix.length)] = value;
  }
  return found;
}

/** The items of a comma-separated list, trimmed; blank text is the empty list. */
export function listOf(text: string | undefined): string[] {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? [] : trimmed.split(/\s*,\s*/);
}
