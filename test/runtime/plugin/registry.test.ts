import { describe, expect, test } from 'vitest';
import { simulatedPlatform } from '../../../platform/simulation/simulated-platform.ts';
import {
  classNameOf,
  createContext,
  definePredicate,
  defineTransform,
  loadPluginFile,
  loadPluginFolder,
  loadPluginPackages,
  type Plugin,
  PluginRegistry,
} from '../../../runtime/plugin/index.ts';

const transform = (name: string, aliases: readonly string[] = []): Plugin =>
  defineTransform({
    name,
    version: '1.0.0',
    aliases,
    config: { type: 'object', properties: {} },
    map: (record) => record,
  });

function registryOf(...plugins: readonly Plugin[]): PluginRegistry {
  const registry = new PluginRegistry();
  for (const plugin of plugins) registry.add(plugin);
  return registry;
}

describe('finding a plugin', () => {
  const plugin = transform('insert-field', ['org.apache.kafka.connect.transforms.InsertField$Value']);
  const registry = registryOf(plugin);

  test.each(['insert-field', 'org.apache.kafka.connect.transforms.InsertField$Value', 'InsertField$Value'])(
    'by %s',
    (name) => {
      expect(registry.find('transform', name)).toBe(plugin);
      expect(registry.find('predicate', name)).toBeUndefined();
    },
  );

  test('by the class name without its ending', () => {
    const gzip = transform('gzip', ['com.example.GzipTransformation']);
    expect(registryOf(gzip).find('transform', 'Gzip')).toBe(gzip);
  });

  test('a short name of two plugins names neither', () => {
    const two = registryOf(transform('a', ['com.a.Mask']), transform('b', ['com.b.Mask']));
    expect(() => two.find('transform', 'Mask')).toThrow("'Mask' is ambiguous: it may be a, b");
    expect(two.find('transform', 'com.b.Mask')?.name).toBe('b');
  });

  test('a missing one is an error with a suggestion', () => {
    expect(() => registry.require('transform', 'insert-feild')).toThrow("Did you mean 'insert-field'?");
    expect(() => registry.require('transform', 'InsretField$Value')).toThrow(
      "Did you mean 'InsertField$Value'?",
    );
    expect(() => registry.require('sink', 'insert-field')).toThrow('Install the plugin');
  });

  test('a name that is taken is refused, in another kind it is not', () => {
    const predicate = definePredicate({
      name: 'insert-field',
      version: '1.0.0',
      config: { type: 'object', properties: {} },
      test: () => true,
    });
    registry.add(predicate);
    expect(() => registry.add(transform('insert-field'), 'plugins/mine.ts')).toThrow(
      /plugins\/mine\.ts.*Rename/,
    );
    expect(registry.list('transform')).toEqual([plugin]);
  });

  test('the class that the REST API shows is the Java name when there is one', () => {
    expect(classNameOf(plugin)).toBe('org.apache.kafka.connect.transforms.InsertField$Value');
    expect(classNameOf(transform('mine', ['my-alias']))).toBe('mine');
  });
});

describe('loading plugins', () => {
  const good = transform('good');

  function filesWith(paths: Readonly<Record<string, string>>) {
    const { files } = simulatedPlatform('plugins');
    for (const [path, text] of Object.entries(paths)) {
      const parts = path.split('/').slice(1, -1);
      parts.forEach((_part, index) => {
        files.makeDirectory(`/${parts.slice(0, index + 1).join('/')}`);
      });
      files.open(path, 'create').append([Buffer.from(text)]);
    }
    return files;
  }

  test('from a folder: every module, whatever it calls its exports', async () => {
    const files = filesWith({
      '/p/a.ts': '',
      '/p/b.js': '',
      '/p/readme.md': '',
      '/p/a.test.ts': '',
      '/p/a.d.ts': '',
    });
    const loaded: string[] = [];
    const load = async (url: string) => {
      loaded.push(url);
      return url.endsWith('a.ts')
        ? { default: good }
        : { list: [transform('one'), transform('two')], other: 5 };
    };
    const found = await loadPluginFolder('/p', files, { load });
    expect(loaded).toEqual(['file:///p/a.ts', 'file:///p/b.js']);
    expect(found.map(({ plugin, origin }) => `${origin} ${plugin.name}`)).toEqual([
      '/p/a.ts good',
      '/p/b.js one',
      '/p/b.js two',
    ]);
  });

  test('a file that fails to load is named with the line at fault', async () => {
    const fail = async (url: string): Promise<unknown> => {
      const error = new SyntaxError('Expression expected');
      error.stack = `${new URL(url).pathname}:7\nconst a = ;\n\nSyntaxError: Expression expected\n    at node:internal`;
      throw error;
    };
    await expect(loadPluginFile('/p/a.ts', fail)).rejects.toThrow(
      'The plugin file /p/a.ts cannot be loaded: line 7: Expression expected',
    );
  });

  test.each([
    [
      'an unknown type',
      { properties: { to: { type: 'int' } } },
      "type of config key 'to' must be one of string",
    ],
    [
      'a required key that it lacks',
      { properties: {}, required: ['to'] },
      "config key 'to' is required, but",
    ],
    ['no properties', {}, "'config' must be a JSON Schema"],
  ])('a plugin whose config has %s is refused', async (_what, config, message) => {
    const load = async () => ({ plugin: { ...good, config: { type: 'object', ...config } } });
    await expect(loadPluginFile('/p/a.ts', load)).rejects.toThrow(message);
  });

  test('a folder that is missing has none', async () => {
    expect(await loadPluginFolder('/nowhere', simulatedPlatform('x').files)).toEqual([]);
  });

  test('from packages that say so', async () => {
    const files = filesWith({
      '/app/package.json': JSON.stringify({
        dependencies: { plain: '1', mine: '1' },
        devDependencies: { gone: '1' },
      }),
      '/app/node_modules/plain/package.json': JSON.stringify({
        keywords: ['x'],
        millrace: { plugins: ['./x.js'] },
      }),
      '/app/node_modules/mine/package.json': JSON.stringify({
        keywords: ['millrace-plugin'],
        millrace: { plugins: ['./dist/index.js'] },
      }),
    });
    const found = await loadPluginPackages('/app', files, { load: async () => ({ good }) });
    expect(found).toEqual([{ plugin: good, origin: '/app/node_modules/mine/dist/index.js' }]);
  });

  test.each([
    ['no list', {}],
    ['a path outside the package', { plugins: ['../../evil.js'] }],
    ['an absolute path', { plugins: ['/evil.js'] }],
    ['something that is not a path', { plugins: [5] }],
  ])('a package with %s is refused', async (_what, millrace) => {
    const files = filesWith({
      '/app/package.json': JSON.stringify({ dependencies: { mine: '1' } }),
      '/app/node_modules/mine/package.json': JSON.stringify({ keywords: ['millrace-plugin'], millrace }),
    });
    await expect(loadPluginPackages('/app', files, { load: async () => ({ good }) })).rejects.toThrow(
      'package.json of mine',
    );
  });

  test('a manifest that is not JSON is named', async () => {
    const files = filesWith({ '/app/package.json': '{' });
    await expect(loadPluginPackages('/app', files)).rejects.toThrow('/app/package.json is not valid JSON');
  });

  test('a module that fails, or has no plugin, is named', async () => {
    const failing = () => Promise.reject(new Error('Unexpected token'));
    await expect(loadPluginFile('/p/a.ts', failing)).rejects.toThrow(
      '/p/a.ts cannot be loaded: Unexpected token',
    );
    await expect(loadPluginFile('/p/a.ts', async () => ({ a: 1 }))).rejects.toThrow(
      '/p/a.ts exports no plugin',
    );
  });

  test('a malformed plugin is told everything that is wrong with it', async () => {
    const bad = { kind: 'sink', name: '', version: 1, config: { type: 'string' }, open: () => 1 };
    await expect(loadPluginFile('/p/a.ts', async () => ({ bad }))).rejects.toThrow(
      "The sink in /p/a.ts cannot be used: 'name' must be a non-empty string; 'version' must be a non-empty string; " +
        "'config' must be a JSON Schema with type 'object' and 'properties'; a sink needs a function 'write'.",
    );
  });
});

describe('the context of a task', () => {
  const contextOf = () => {
    const { clock, logger } = simulatedPlatform('context');
    const stop = new AbortController();
    const counted: [string, number][] = [];
    const ctx = createContext({
      connector: 'c',
      signal: stop.signal,
      log: logger,
      clock,
      metric: (name, increment) => counted.push([name, increment]),
    });
    return { clock, stop, ctx, counted };
  };

  test('sleeps until the time is over', async () => {
    const { clock, ctx } = contextOf();
    let isAwake = false;
    const sleeping = ctx.sleep(1000).then(() => {
      isAwake = true;
    });
    clock.advance(999);
    await Promise.resolve();
    expect(isAwake).toBe(false);
    clock.advance(1);
    await sleeping;
    expect(isAwake).toBe(true);
  });

  test('wakes when it should stop, and leaves no timer behind', async () => {
    const { clock, stop, ctx } = contextOf();
    const sleeping = ctx.sleep(1000);
    stop.abort();
    await sleeping;
    expect(clock.pending).toBe(0);
    await ctx.sleep(1000);
    expect(clock.pending).toBe(0);
  });

  test('counts by one unless told otherwise', () => {
    const { ctx, counted } = contextOf();
    ctx.metric('rows');
    ctx.metric('rows', 5);
    ctx.reconfigure();
    expect(counted).toEqual([
      ['rows', 1],
      ['rows', 5],
    ]);
  });
});
