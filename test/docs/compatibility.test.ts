import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { withApiTable } from './api-table.ts';
import { withDifferences } from './difference-table.ts';

const text = readFileSync('docs/compatibility.md', 'utf8');

test('docs/compatibility.md lists the APIs and versions of the broker and of Kafka (else: node test/docs/write-compatibility.ts)', async () => {
  expect(text).toBe(await withApiTable(text));
});

test('docs/compatibility.md tells every accepted difference and its reason (else: node test/docs/write-compatibility.ts)', () => {
  expect(text).toBe(withDifferences(text));
});
