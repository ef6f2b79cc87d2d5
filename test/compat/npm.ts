import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { type Ended, runOk } from './child.ts';

/** The environment for programs that begin with `#!/usr/bin/env node`: they find the Node that runs this. */
export const nodeEnvironment: Readonly<Record<string, string>> = {
  PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
};

/** Runs npm in a folder. Throws with its last lines unless it ends with exit code 0. */
export function npm(directory: string, ...args: readonly string[]): Promise<Ended> {
  // Variables of an outer `npm run` would make this npm work on the outer package.
  const outer = Object.keys(process.env).filter(
    (key) => key.startsWith('npm_package_') || key === 'npm_config_local_prefix',
  );
  const env = { ...nodeEnvironment, ...Object.fromEntries(outer.map((key) => [key, ''])) };
  return runOk('npm', args, { cwd: directory, env, timeoutMs: 240_000 });
}

/** Installs packages of these versions into a folder, without their scripts, unless they are there. */
export async function installPackages(
  directory: string,
  dependencies: Readonly<Record<string, string>>,
): Promise<void> {
  const manifest = JSON.stringify({ private: true, dependencies }, null, 2);
  const stamp = join(directory, 'installed.json');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === manifest) return;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'package.json'), manifest);
  await npm(directory, 'install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts');
  writeFileSync(stamp, manifest);
}
