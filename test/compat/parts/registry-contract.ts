import { join } from 'node:path';
import { runOk } from '../child.ts';
import { projectRoot } from '../places.ts';
import { RegistryProcess } from '../registry-process.ts';
import type { Check } from '../report.ts';
import type { Part, PartContext } from './part.ts';

const vitest = join(projectRoot, 'node_modules/vitest/vitest.mjs');

/** The contract of the registry's interface, asked of real processes: one with the answers of each release. */
export const registryContract: Part = {
  name: 'registry-contract',
  tools: [],
  checks: (context) => ([8, 7] as const).flatMap((level) => checksOf(context, level)),
};

function checksOf({ broker, directory }: PartContext, level: 7 | 8): readonly Check[] {
  let registry: RegistryProcess | undefined;
  const [topic, groupId] = [`_schemas${level}`, `schema-registry${level}`];
  const options = { directory, name: String(level), level, topic, groupId };
  return [
    {
      name: `a registry with the answers of release ${level} starts`,
      gates: true,
      run: async () => {
        registry = await RegistryProcess.start({ ...options, bootstrap: broker.bootstrap });
      },
    },
    {
      name: `every endpoint and every error answers as in release ${level}`,
      run: () => contract(registry?.url ?? '', level),
    },
    { name: `the registry of release ${level} stops in order`, run: async () => registry?.stop() },
  ];
}

async function contract(url: string, level: 7 | 8): Promise<void> {
  // One file after the other: some look at settings of the whole registry.
  const args = [vitest, 'run', 'test/schema-registry/contract-', '--no-file-parallelism', '--reporter=dot'];
  const env = { REGISTRY_URL: url, REGISTRY_COMPAT_LEVEL: String(level), NO_COLOR: '1' };
  await runOk(process.execPath, args, { cwd: projectRoot, env, timeoutMs: 120_000 });
}
