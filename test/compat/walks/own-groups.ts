import type { AskOptions } from '../wire/wire.ts';

/** Of a list of groups only those of the walk are shown: others have groups on the same broker. */
export function onlyGroups(isOwn: (groupId: string) => boolean): AskOptions {
  return { shown: (answer) => ({ ...answer, groups: own(answer['groups'], isOwn) }) };
}

function own(groups: unknown, isOwn: (groupId: string) => boolean): unknown {
  return Array.isArray(groups)
    ? groups.filter((group) => isOwn(String(Reflect.get(group, 'groupId'))))
    : groups;
}
