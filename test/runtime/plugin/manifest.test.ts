import { expect, test } from 'vitest';
import { simulatedPlatform } from '../../../platform/simulation/simulated-platform.ts';
import {
  classNameOf,
  defineSink,
  defineTransform,
  loadPluginFolder,
  loadPluginPackages,
  type Plugin,
  PluginRegistry,
  packageManifest,
} from '../../../runtime/plugin/index.ts';

const plain = {
  version: '2.0.0',
  config: { type: 'object', properties: { a: { type: 'string' } } },
} as const;
const mask = defineTransform({ ...plain, name: 'mask', map: (record) => record }) as Plugin;
const sink = defineSink({ ...plain, name: 'orders', open: () => 0, write: async () => undefined }) as Plugin;

const entry = {
  kind: 'transform',
  name: 'mask',
  entry: './dist/index.js',
  aliases: ['com.example.Mask$Value'],
};

/** A package in `/plugins/mine`, and what has been loaded of it. */
function packageWith(millrace: unknown, module: () => unknown = () => ({ mask, sink })) {
  const { files } = simulatedPlatform('manifest');
  for (const folder of ['/plugins', '/plugins/mine', '/plugins/mine/dist', '/plugins/other'])
    files.makeDirectory(folder);
  const content = { name: 'mine', version: '1.2.3', keywords: ['millrace-plugin'], millrace };
  files.open('/plugins/mine/package.json', 'create').append([Buffer.from(JSON.stringify(content))]);
  files.open('/plugins/mine/dist/index.js', 'create').append([Buffer.from('')]);
  const loaded: string[] = [];
  const load = (path: string): unknown => {
    loaded.push(path);
    return module();
  };
  return { files, loaded, loading: { load: async (url: string) => load(url), requireNow: load } };
}

async function registryOf(parts: ReturnType<typeof packageWith>): Promise<PluginRegistry> {
  const registry = new PluginRegistry();
  for (const { plugin, origin } of await loadPluginFolder('/plugins', parts.files, parts.loading)) {
    registry.add(plugin, origin);
  }
  return registry;
}

test('a plugin that the manifest describes is listed without being loaded, and loaded once it is used', async () => {
  const parts = packageWith({ plugins: [entry] });
  const registry = await registryOf(parts);
  const found = registry.require('transform', 'Mask$Value');
  // Compared by identity: a comparison of what is in it would look into it.
  expect(registry.list('transform').map((each) => each === found)).toEqual([true]);
  expect([found.name, found.kind, found.version, classNameOf(found)]).toEqual([
    'mask',
    'transform',
    '1.2.3',
    'com.example.Mask$Value',
  ]);
  expect(registry.fileOf(found)).toBe('/plugins/mine/dist/index.js');
  await Promise.resolve(found);
  expect(parts.loaded).toEqual([]);
  expect(found.config).toBe(mask.config);
  expect([found.open, typeof found.map, found.version]).toEqual([undefined, 'function', '2.0.0']);
  expect({ ...found }).toMatchObject({ ...mask, aliases: ['com.example.Mask$Value'] });
  expect(parts.loaded).toEqual(['/plugins/mine/dist/index.js']);
});

test('files that the manifest only names are loaded at the start', async () => {
  const parts = packageWith({ plugins: ['./dist/index.js'] });
  const registry = await registryOf(parts);
  expect(parts.loaded).toEqual(['file:///plugins/mine/dist/index.js']);
  expect(registry.require('sink', 'orders')).toBe(sink);
});

test.each([
  [
    { plugins: [{ ...entry, kind: 'sauce' }] },
    /plugins\[0\] has the kind "sauce": it must be one of source, sink/,
  ],
  [{ plugins: [{ ...entry, name: '' }] }, /plugins\[0\] needs a "name"/],
  [{ plugins: [{ ...entry, entry: '../other.js' }] }, /plugins\[0\] \(mask\) needs an "entry"/],
  [{ plugins: [{ ...entry, aliases: 'Mask' }] }, /"aliases" that are no list/],
  [{ plugins: [{ ...entry, version: 1 }] }, /"version" that is no text/],
  [{ plugins: [{ ...entry, entry: './dist/none.js' }] }, /no such file: build the package/],
  [{ plugins: ['/etc/passwd'] }, /is no path in the package/],
  [{ plugins: [5] }, /plugins\[0\] must be an object/],
  [{ plugins: [] }, /must list plugins/],
  [{ plugins: [entry], conformance: 5 }, /"conformance" must be the path/],
  ['./dist/index.js', /"millrace" must be an object/],
])('the broken manifest %j is one sentence', async (millrace, sentence) => {
  const { files, loading } = packageWith(millrace);
  await expect(loadPluginFolder('/plugins', files, loading)).rejects.toThrow(sentence);
  await expect(loadPluginFolder('/plugins', files, loading)).rejects.toThrow(/^[^\n]*mine[^\n]*$/);
});

test('a manifest that does not fit its module is told when the plugin is used, each time', async () => {
  const registry = await registryOf(packageWith({ plugins: [entry] }, () => ({ sink })));
  const found = registry.require('transform', 'mask');
  for (let time = 0; time < 2; time++) {
    expect(() => found.config).toThrow(
      "The package.json says that /plugins/mine/dist/index.js has the transform 'mask', but it has the sink 'orders'",
    );
  }
});

test('a module that waits for something cannot be loaded when it is used, and the message says what to do', async () => {
  const fail = (): never => {
    throw Object.assign(new Error('no'), { code: 'ERR_REQUIRE_ASYNC_MODULE' });
  };
  const registry = await registryOf(packageWith({ plugins: [entry] }, fail));
  expect(() => registry.require('transform', 'mask').config).toThrow(
    /await outside of functions.*list the file as text/,
  );
});

test('a package that is depended on and has the keyword needs a manifest', async () => {
  const { files } = simulatedPlatform('manifest');
  for (const folder of ['/app', '/app/node_modules', '/app/node_modules/mine']) files.makeDirectory(folder);
  const put = (path: string, content: object) =>
    files.open(path, 'create').append([Buffer.from(JSON.stringify(content))]);
  put('/app/package.json', { dependencies: { mine: '1.0.0' } });
  put('/app/node_modules/mine/package.json', { keywords: ['millrace-plugin'] });
  await expect(loadPluginPackages('/app', files)).rejects.toThrow(
    /The package mine .* must list its plugins/,
  );
});

test('the manifest names the descriptions for the conformance kit', () => {
  const { files } = packageWith({ plugins: [entry], conformance: './dist/conformance.js' });
  expect(packageManifest('/plugins/mine', files)?.conformance).toBe('./dist/conformance.js');
  expect(packageManifest('/plugins/other', files)).toBeUndefined();
});
