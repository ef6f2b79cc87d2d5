import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withApiTable } from './api-table.ts';

const path = join(import.meta.dirname, '../../docs/compatibility.md');
writeFileSync(path, await withApiTable(readFileSync(path, 'utf8')));
