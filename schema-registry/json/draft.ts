/** The drafts of JSON Schema that are known, oldest first. */
const drafts = ['04', '06', '07', '2019-09', '2020-12'] as const;

export type Draft = (typeof drafts)[number];

/** The draft that `$schema` names; draft 7 when it is absent or nobody's. */
export function draftOf(schemaUrl: unknown): Draft {
  if (typeof schemaUrl !== 'string') return '07';
  const name = /^https?:\/\/json-schema\.org\/(?:draft-|draft\/)(04|06|07|2019-09|2020-12)\/schema#?$/.exec(
    schemaUrl,
  );
  return drafts.find((draft) => draft === name?.[1]) ?? '07';
}

/** True for 2019-09 and later, where `$ref` has siblings and `dependencies` is two keywords. */
export function isModern(draft: Draft): boolean {
  return draft === '2019-09' || draft === '2020-12';
}
