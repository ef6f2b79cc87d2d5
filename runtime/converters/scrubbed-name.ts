/** Whether Avro and Protobuf take the name as it is. */
export function isPlainName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

/** The name as both take it, by the rule of `scrub.invalid.names`: `_` for what may not be there, an `x` in front where needed. */
export function scrubbedName(name: string): string {
  if (isPlainName(name)) return name;
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll('%20', '+');
  const begun = /^[A-Za-z]/.test(encoded) ? encoded : `x${encoded}`;
  return begun.replace(/[^A-Za-z0-9_]/g, '_');
}
