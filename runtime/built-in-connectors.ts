import { fileURLToPath } from 'node:url';
import {
  canLoadNow,
  type DefinedSink,
  type DefinedSource,
  isPlugin,
  lazyPlugin,
  loadPluginNow,
  type ManifestEntry,
  type Plugin,
  PluginError,
} from './plugin/index.ts';

/** A built-in connector as it is known before it is loaded. `entry`: its folder. */
interface BuiltIn extends ManifestEntry {
  readonly kind: 'source' | 'sink';
}

const version = '1.0.0';
const fileStream = 'org.apache.kafka.connect.file.FileStream';

/** What the modules of `connectors/` have; a test compares. */
export const builtInManifest: readonly BuiltIn[] = [
  { kind: 'source', name: 'csv', version, entry: 'csv', aliases: [] },
  {
    ...{ kind: 'source', name: 'datagen', version, entry: 'datagen' },
    aliases: ['io.confluent.kafka.connect.datagen.DatagenConnector'],
  },
  {
    ...{ kind: 'sink', name: 'file', version, entry: 'file' },
    aliases: ['FileStreamSink', 'FileStreamSinkConnector', `${fileStream}SinkConnector`],
  },
  {
    ...{ kind: 'source', name: 'file', version, entry: 'file' },
    aliases: ['FileStreamSource', 'FileStreamSourceConnector', `${fileStream}SourceConnector`],
  },
  { kind: 'sink', name: 'http', version, entry: 'http', aliases: [] },
  { kind: 'sink', name: 'jsonl', version, entry: 'jsonl', aliases: [] },
  { kind: 'sink', name: 'sqlite', version, entry: 'sqlite', aliases: [] },
];

const modules: ReadonlyMap<string, () => Promise<object>> = new Map<string, () => Promise<object>>([
  ['csv', () => import('../connectors/csv/index.ts')],
  ['datagen', () => import('../connectors/datagen/index.ts')],
  ['file', () => import('../connectors/file/index.ts')],
  ['http', () => import('../connectors/http/index.ts')],
  ['jsonl', () => import('../connectors/jsonl/index.ts')],
  ['sqlite', () => import('../connectors/sqlite/index.ts')],
]);

/** The built-in connectors. Each is loaded when it is used, by itself, so that what it needs is loaded with it. */
export async function builtInConnectors(): Promise<readonly Plugin[]> {
  if (!canLoadNow()) {
    return Promise.all(builtInManifest.map(({ kind, name }) => loadBuiltInConnector(kind, name)));
  }
  return builtInManifest.map((entry) => lazyPlugin(entry, () => loadPluginNow(pathOf(entry), entry)));
}

/** A built-in source or sink by its name. Throws PluginError when there is none. */
export async function loadBuiltInConnector(
  kind: 'source' | 'sink',
  name: string,
): Promise<DefinedSource | DefinedSink> {
  const entry = builtInManifest.find((each) => each.kind === kind && each.name === name);
  const module = await modules.get(entry?.entry ?? '')?.();
  const found = Object.values(module ?? {})
    .filter(isPlugin)
    .find((plugin) => plugin.kind === kind && plugin.name === name);
  if (found?.kind === 'source' || found?.kind === 'sink') return found;
  throw new PluginError(`There is no built-in ${kind} '${name}'.`);
}

/** From the sources, and from the published package, where each connector is an entry in the one folder. */
function pathOf({ entry }: BuiltIn): string {
  const path = import.meta.url.endsWith('.ts')
    ? `../connectors/${entry}/index.ts`
    : `./connector-${entry}.js`;
  return fileURLToPath(new URL(path, import.meta.url));
}
