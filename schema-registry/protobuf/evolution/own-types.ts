import type { Definition, LinkedFile } from '../files.ts';
import type { Difference } from './difference.ts';
import { pathOf } from './message-findings.ts';
import { localName } from './message-shape.ts';

/** A message, group or enum of the schema. */
export interface OwnType {
  readonly definition: Definition;
  /** The name of what it is declared in; empty at the top. */
  readonly scope: string;
  /** Which one it is among the messages of its scope: data on the wire is marked with that. */
  readonly position: number;
  /** The type that a group has: it comes and goes with its field. */
  readonly isGroup: boolean;
}

export type OwnTypes = ReadonlyMap<string, OwnType>;

/** The types that a schema declares, by their names without the package. */
export function typesOf({ definitions }: LinkedFile): OwnTypes {
  const types = new Map<string, OwnType>();
  const messageCounts = new Map<string, number>();
  for (const definition of definitions.values()) {
    const name = localName(definition);
    const scope = name.slice(0, Math.max(0, name.lastIndexOf('.')));
    const isGroup = 'fieldOptions' in definition.element;
    const position = messageCounts.get(scope) ?? 0;
    if (definition.kind === 'message' && !isGroup) messageCounts.set(scope, position + 1);
    types.set(name, { definition, scope, position, isGroup });
  }
  return types;
}

/** Whether a message has another number among those of its scope. */
export function isMoved(before: OwnType, after: OwnType): boolean {
  const areMessages = before.definition.kind === 'message' && !before.isGroup && !after.isGroup;
  return areMessages && before.position !== after.position;
}

/** That a type came or went; of what is declared inside, nothing is said besides. */
export function* presenceFindings(
  change: 'ADDED' | 'REMOVED',
  { definition, scope, isGroup }: OwnType,
  others: OwnTypes,
): Iterable<Difference> {
  if (isGroup || (scope !== '' && !others.has(scope))) return;
  const kind = definition.kind === 'message' ? 'MESSAGE' : 'ENUM';
  yield { type: `${kind}_${change}`, path: pathOf(definition) };
}
