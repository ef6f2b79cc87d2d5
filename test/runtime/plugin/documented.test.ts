// Everything that a plugin's author can import says what it is.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const runtime = join(import.meta.dirname, '../../../runtime');
const read = (file: string): string => readFileSync(join(runtime, file), 'utf8');

/** The names in the export lists of the two modules that authors import. */
const names = ['index.ts', 'testing.ts'].flatMap((file) =>
  [...read(file).matchAll(/^export \{([^}]*)\} from/gms)].flatMap(([, list = '']) =>
    list.split(',').map((each) => each.replace('type ', '').trim()),
  ),
);

const declaration = /^export (?:abstract |async )?(?:function|const|class|interface|type) (\w+)/;

/** Whether the declaration of each exported name has a comment above it. */
const documented = new Map<string, boolean>();
for (const file of globSync('{plugin,data,conformance}/*.ts', { cwd: runtime })) {
  const lines = read(file).split('\n');
  for (const [index, line] of lines.entries()) {
    const name = declaration.exec(line)?.[1];
    // An overloaded function is described where it is first declared.
    if (name !== undefined)
      documented.set(name, documented.get(name) === true || lines[index - 1]?.endsWith('*/') === true);
  }
}

test('the scan finds what authors import', () => {
  expect(names.filter((name) => name !== '').length).toBeGreaterThan(50);
  expect(names.filter((name) => name !== '' && !documented.has(name))).toEqual([]);
});

test('everything that authors import has a comment', () => {
  expect(names.filter((name) => documented.get(name) === false)).toEqual([]);
});
