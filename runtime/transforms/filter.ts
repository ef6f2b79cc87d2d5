import { defineTransform } from '../plugin/index.ts';
import { namesOf } from './side.ts';

/** Drops every record: use it with a predicate. */
export const filter = defineTransform({
  ...namesOf('Filter'),
  version: '1.0.0',
  description: 'Drops every record; a predicate says which.',
  config: { type: 'object', properties: {} },
  map: () => null,
});
