import { basename, dirname, extname, join } from 'node:path';
import type { Files } from '../../platform/files.ts';
import { type ConformanceCheck, ConformanceError } from '../conformance/index.ts';
import {
  type Conformance,
  loadConformanceFile,
  loadPluginFile,
  loadPluginFolder,
  type ManifestEntry,
  type Plugin,
  packageManifest,
} from '../plugin/index.ts';
import { conformance } from '../testing.ts';
import { UsageError } from './errors.ts';

/** A plugin with its checks. */
export interface PluginSubject {
  readonly title: string;
  readonly checks: readonly ConformanceCheck[];
}

/** The plugins of a file, folder or package. Throws {@link UsageError} when there are none, PluginError when they are broken. */
export async function subjectsIn(
  path: string,
  { files, seed }: { readonly files: Files; readonly seed: number },
): Promise<readonly PluginSubject[]> {
  const stat = files.stat(path);
  if (stat === undefined) throw new UsageError(`${path}: there is no such file or folder.`);
  const { plugins, descriptionFiles, entries } = stat.isDirectory
    ? await fromFolder(path, files)
    : await fromFile(path, files);
  const descriptions = (await Promise.all(descriptionFiles.map((file) => loadConformanceFile(file)))).flat();
  if (plugins.length === 0) {
    throw new UsageError(
      `${path}: there is no plugin. Name its file, its folder, or a package with a manifest.`,
    );
  }
  return plugins.map((plugin) => {
    const description = descriptions.find((each) => isAbout(each, plugin));
    const entry = entries.find(({ kind, name }) => kind === plugin.kind && name === plugin.name);
    return {
      title: `${plugin.kind} ${plugin.name} ${plugin.version}`,
      checks: [
        ...(entry === undefined ? [] : [manifestCheck(entry, description?.plugin ?? plugin)]),
        ...conformance(description ?? plugin, { seed }),
      ],
    };
  });
}

interface Found {
  readonly plugins: readonly Plugin[];
  /** Modules that export descriptions. */
  readonly descriptionFiles: readonly string[];
  readonly entries: readonly ManifestEntry[];
}

async function fromFolder(folder: string, files: Files): Promise<Found> {
  const plugins = (await loadPluginFolder(folder, files)).map(({ plugin }) => plugin);
  const manifest = packageManifest(folder, files);
  if (manifest === undefined) {
    const names = files.list(folder).filter((name) => /(^|\.)conformance\.(ts|js|mjs)$/.test(name));
    return { plugins, descriptionFiles: names.map((name) => join(folder, name)), entries: [] };
  }
  const named = manifest.conformance === undefined ? [] : [join(folder, manifest.conformance)];
  const modules = [...manifest.modules, ...manifest.plugins.map(({ entry }) => entry)];
  const beside = [...new Set(modules.map((path) => dirname(join(folder, path))))];
  return {
    plugins,
    descriptionFiles: named.length > 0 ? named : beside.flatMap((each) => descriptionsIn(each, files)),
    entries: manifest.plugins,
  };
}

async function fromFile(path: string, files: Files): Promise<Found> {
  const plugins = (await loadPluginFile(path)).map(({ plugin }) => plugin);
  const extension = extname(path);
  const own = join(dirname(path), `${basename(path, extension)}.conformance${extension}`);
  const descriptionFiles = files.stat(own) === undefined ? descriptionsIn(dirname(path), files) : [own];
  return { plugins, descriptionFiles, entries: [] };
}

function descriptionsIn(folder: string, files: Files): readonly string[] {
  const names = ['conformance.ts', 'conformance.js', 'conformance.mjs'];
  return names.map((name) => join(folder, name)).filter((path) => files.stat(path) !== undefined);
}

function isAbout({ plugin }: Conformance, { kind, name }: Plugin): boolean {
  return plugin.kind === kind && plugin.name === name;
}

/** What is listed before the plugin is loaded must be what it is. */
function manifestCheck({ version, aliases }: ManifestEntry, plugin: Plugin): ConformanceCheck {
  return {
    name: 'manifest: version and aliases are those of the plugin',
    notApplicable: undefined,
    run: async () => {
      const own = { version: plugin.version, aliases: [...(plugin.aliases ?? [])].sort() };
      const [expected, actual] = [own, { version, aliases: [...aliases].sort() }].map((each) =>
        JSON.stringify(each),
      );
      if (expected === actual) return;
      throw new ConformanceError(`${expected} as the plugin has it`, `the package.json says ${actual}`);
    },
  };
}
