import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { withApiTable } from './api-table.ts';

test('docs/compatibility.md lists the APIs and versions of the broker and of Kafka (else: node test/docs/write-api-table.ts)', async () => {
  const text = readFileSync('docs/compatibility.md', 'utf8');
  expect(text).toBe(await withApiTable(text));
});
