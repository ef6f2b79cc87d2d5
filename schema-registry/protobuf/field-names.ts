/** The name of a field in JSON: without underscores, the letter behind one in upper case. */
export function camelCase(name: string): string {
  return name.replace(/_+(.?)/g, (_all, letter: string) => letter.toUpperCase());
}

/** The message of a map's entries: `my_map` has entries of `MyMapEntry`. */
export function entryName(field: string): string {
  const camel = camelCase(field);
  return `${camel.charAt(0).toUpperCase()}${camel.slice(1)}Entry`;
}
