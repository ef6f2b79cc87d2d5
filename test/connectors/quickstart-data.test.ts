import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { source } from '../../connectors/csv/index.ts';
import { readBatches, unreadableOf, valuesOf } from './harness.ts';

const folder = join(import.meta.dirname, '../../examples/quickstart/data');
const file = join(folder, 'clock-changes.csv');
const columns =
  'id:int, zone, at:timestamp, utc_offset:int, moved_by:int?, abbreviation, is_dst:boolean, countries, coordinates, ' +
  'latitude:double, longitude:double, comment:string?';

interface Row {
  readonly id: number;
  readonly zone: string;
  readonly countries: string;
  readonly coordinates: string;
}

test('the quickstart data is the one that its page describes', () => {
  const page = readFileSync(join(folder, 'README.md'), 'utf8');
  const bytes = readFileSync(file);
  expect(page).toContain(createHash('sha256').update(bytes).digest('hex'));
  expect(page).toContain(columns);
  expect(bytes.length).toBeLessThan(2_000_000);
});

test('every row of the quickstart data is read but the three that are wrong on purpose', async () => {
  const batches = await readBatches(source, { file, topic: 't', columns, 'key.columns': 'id' });
  const rows = valuesOf(batches) as Row[];
  expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 15_261 }, (_, index) => index + 1));
  expect(unreadableOf(batches).map(({ error }) => error.slice(file.length))).toEqual([
    ' line 1003: 3 cells where 12 columns are expected',
    ' line 5001: the column "utc_offset" holds "one hour", which is not of type int',
    ' line 9001: the column "at" holds "2011-02-30T01:00:00Z", which is not of type timestamp',
  ]);
  expect(rows.find(({ zone }) => zone === 'America/New_York')?.coordinates).toBe(`40°42'51"N, 74°00'23"W`);
  expect(rows.find(({ zone }) => zone === 'Africa/Abidjan')).toBeUndefined();
  expect(rows.find(({ zone }) => zone === 'Europe/Zurich')?.countries).toBe(
    'Switzerland\nGermany\nLiechtenstein',
  );
});
