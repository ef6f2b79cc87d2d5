/** Names that every object answers to, whether it has the field or not. */
export function isInherited(name: string): boolean {
  return name in Object.prototype;
}

/** A field of a record; undefined when only its prototype has it. */
export function ownField(record: object, name: string): unknown {
  return Object.hasOwn(record, name) || !isInherited(name) ? Reflect.get(record, name) : undefined;
}
