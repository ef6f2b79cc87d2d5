import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withApiTable } from './api-table.ts';
import { withDifferences } from './difference-table.ts';

const path = join(import.meta.dirname, '../../docs/compatibility.md');
writeFileSync(path, withDifferences(await withApiTable(readFileSync(path, 'utf8'))));
