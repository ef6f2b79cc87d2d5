import type { Difference } from './difference.ts';
import type { FieldShape, MessageShape } from './message-shape.ts';

/**
 * What became of a message's oneofs. A oneof holds one value of its fields: fields that could be set at the same time
 * before must not meet in one, where all but the last would be lost.
 */
export function* oneofFindings(
  before: MessageShape,
  after: MessageShape,
  path: string,
): Iterable<Difference> {
  const lasting = lastingOneofs(before, after);
  const origins = originsByOneof(before, after);
  for (const name of after.oneofs) {
    const others = new Set(origins.get(name));
    if (lasting.has(name)) others.delete(name);
    const place = `${path}/${name}`;
    if (others.size > 1) yield { type: 'MULTIPLE_FIELDS_MOVED_TO_ONEOF', path: place };
    else if (others.size > 0 && lasting.has(name))
      yield { type: 'FIELD_MOVED_TO_EXISTING_ONEOF', path: place };
  }
  for (const name of before.oneofs)
    if (!lasting.has(name)) yield { type: 'ONEOF_REMOVED', path: `${path}/${name}` };
  for (const name of after.oneofs)
    if (!lasting.has(name)) yield { type: 'ONEOF_ADDED', path: `${path}/${name}` };
}

/** The oneofs that have fields left in the message, inside of a oneof or not. */
export function remainingOneofs(before: MessageShape, after: MessageShape): ReadonlySet<string> {
  return new Set(keptFields(before, after).flatMap(({ old }) => old.oneof ?? []));
}

/** The oneofs that still have one of their fields. */
function lastingOneofs(before: MessageShape, after: MessageShape): ReadonlySet<string> {
  const staying = keptFields(before, after).filter(({ old, now }) => old.oneof === now.oneof);
  return new Set(staying.flatMap(({ old }) => old.oneof ?? []));
}

/** Where the fields of each oneof were. Those of one origin exclude each other already; a field outside is one of its own. */
function originsByOneof(
  before: MessageShape,
  after: MessageShape,
): ReadonlyMap<string, ReadonlySet<string | number>> {
  const origins = new Map<string, Set<string | number>>();
  for (const { old, now } of keptFields(before, after)) {
    if (now.oneof === undefined) continue;
    origins.set(now.oneof, (origins.get(now.oneof) ?? new Set()).add(old.oneof ?? old.tag));
  }
  return origins;
}

interface KeptField {
  readonly old: FieldShape;
  readonly now: FieldShape;
}

function keptFields(before: MessageShape, after: MessageShape): readonly KeptField[] {
  return [...after.fields.values()].flatMap((now) => {
    const old = before.fields.get(now.tag);
    return old === undefined ? [] : [{ old, now }];
  });
}
