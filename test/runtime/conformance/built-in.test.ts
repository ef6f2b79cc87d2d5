import { globSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { builtInManifest } from '../../../runtime/built-in-connectors.ts';
import { type Conformance, isConformance, isPlugin } from '../../../runtime/plugin/index.ts';
import { conformance } from '../../../runtime/testing.ts';

vi.setConfig({ testTimeout: 60_000 });

const folder = join(import.meta.dirname, '../../../connectors');

async function exportsOf(path: string): Promise<readonly unknown[]> {
  return Object.values(await import(pathToFileURL(join(folder, path)).href));
}

const descriptions: Conformance[] = [];
for (const path of globSync('*/conformance.ts', { cwd: folder }).sort()) {
  descriptions.push(...(await exportsOf(path)).filter(isConformance));
}

test('every built-in source and sink has a description', async () => {
  const described = new Set(descriptions.map(({ plugin }) => `${plugin.kind} ${plugin.name}`));
  for (const path of globSync('*/index.ts', { cwd: folder })) {
    for (const { kind, name } of (await exportsOf(path)).filter(isPlugin))
      expect(described).toContain(`${kind} ${name}`);
  }
});

test('what is known of the built-in connectors before they are loaded is what they are', async () => {
  const found: unknown[] = [];
  for (const path of globSync('*/index.ts', { cwd: folder }).sort()) {
    for (const { kind, name, version, aliases = [] } of (await exportsOf(path)).filter(isPlugin)) {
      found.push({ kind, name, version, aliases, entry: path.split('/')[0] });
    }
  }
  expect(builtInManifest).toEqual(found);
});

describe.each(descriptions.map((each) => [`${each.plugin.kind} ${each.plugin.name}`, each] as const))(
  'the %s',
  (name, description) => {
    // Each boundary takes a process of its own; the other connectors are killed by test/compat.
    const isKilled = name === 'sink jsonl';
    const checks = conformance(description).filter(
      (check) => check.notApplicable === undefined && (isKilled || !check.name.startsWith('sigkill')),
    );
    test.each(checks)('passes $name', async ({ run }) => {
      await run();
    });
  },
);
