// How the conformance kit exercises the connector of this folder.
import { describeSource, isPlainObject } from '../../runtime/plugin/index.ts';
import { source } from './index.ts';

/** The datagen source: a row is a made record, and rows are added by asking for more iterations. */
export const conformance = describeSource({
  plugin: source,
  module: import.meta.resolve('./index.ts'),
  prepare: () => ({ rows: 0 }),
  config: ({ rows }, { topic }) => ({
    topic,
    iterations: rows,
    'fields.row.type': 'sequence',
    'fields.row.start': 0,
    'fields.name': 'name',
    'schema.keyfield': 'row',
    'max.interval': 0,
    'batch.size': 10,
  }),
  write: (world, first, count) => {
    world.rows = first + count;
  },
  rowOf: ({ value }) => (isPlainObject(value) ? Number(value['row']) : Number.NaN),
});
