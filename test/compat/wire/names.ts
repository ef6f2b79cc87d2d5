/** Names for ids that differ from run to run, given in the order in which the ids are seen. */
export class Names {
  readonly #byId = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** The name of an id, a new one when it was not seen before: `<id of orders>`, then `<id of orders 2>`. */
  of(id: string, kind: string): string {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const name = count === 1 ? `<${kind}>` : `<${kind} ${count}>`;
    this.#byId.set(id, name);
    return name;
  }

  /** A text with the names of all ids seen so far in their place. */
  within(text: string): string {
    let named = text;
    for (const [id, name] of this.#byId) if (id.length > 12) named = named.replaceAll(id, name);
    return named;
  }
}
