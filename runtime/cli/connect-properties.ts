import { diskFiles } from '../../platform/disk-files.ts';
import { StreamError } from '../../platform/errors.ts';
import type { ConnectClientSettings } from '../composition-root.ts';
import { isClientKey, isWorkerKey, listOf, WorkerConfigError, workerSettings } from '../config/index.ts';
import { isRestKey, restSettings } from '../rest/index.ts';
import { brokerTls, isSecurityKey } from './broker-security.ts';

type Properties = Readonly<Record<string, string>>;

/** A worker's properties cannot be used; the message has every reason on a line of its own. */
class ConnectPropertiesError extends StreamError {
  constructor(file: string, problems: readonly string[]) {
    super('CLI_WORKER_PROPERTIES', problems.map((problem) => `${file}: ${problem}`).join('\n'));
  }
}

/** Where Kafka keeps a worker's memory: in a file of its own, or in three topics. */
type WorkerMode = 'standalone' | 'topics';

const timeKeys = {
  'request.timeout.ms': 'requestTimeoutMs',
  'default.api.timeout.ms': 'apiTimeoutMs',
  'metadata.max.age.ms': 'metadataMaxAgeMs',
  'retry.backoff.ms': 'retryBackoffMs',
  'retry.backoff.max.ms': 'retryBackoffMaxMs',
  'reconnect.backoff.ms': 'reconnectBackoffMs',
  'reconnect.backoff.max.ms': 'reconnectBackoffMaxMs',
  'socket.connection.setup.timeout.ms': 'connectTimeoutMs',
} as const;

const clientKeys = new Set([...Object.keys(timeKeys), 'bootstrap.servers', 'client.id']);
const ownKeys = new Set(['plugin.path', 'java.security.auth.login.config']);
const required = {
  standalone: ['bootstrap.servers', 'key.converter', 'value.converter', 'offset.storage.file.filename'],
  topics: [
    ...['bootstrap.servers', 'group.id', 'key.converter', 'value.converter'],
    ...['config.storage.topic', 'offset.storage.topic', 'status.storage.topic'],
  ],
} as const;
/** What a standalone worker keeps elsewhere, or does alone. */
const sharedKeys =
  /^(group\.id|(config|status)\.storage\..*|offset\.storage\.(?!file\.filename$).*|internal\.topics\..*)$/;

/** How the worker's client connects. Throws {@link ConnectPropertiesError} with everything that is missing or cannot be. */
export function connectClient(file: string, properties: Properties, mode: WorkerMode): ConnectClientSettings {
  const problems: string[] = required[mode]
    .filter((key) => (properties[key] ?? '').trim() === '')
    .map((key) => `Missing required configuration "${key}" which has no default value.`);
  const times: Record<string, number> = {};
  for (const [key, option] of Object.entries(timeKeys)) {
    const text = properties[key]?.trim();
    if (text === undefined) continue;
    if (/^\d{1,15}$/.test(text)) times[option] = Number(text);
    else problems.push(`Invalid value ${text} for configuration ${key}: Not a number of type LONG`);
  }
  problems.push(...problemsOf(() => workerSettings(properties)));
  problems.push(...problemsOf(() => restSettings(properties, (path) => diskFiles.readFile(path))));
  const tls = brokerTls(properties, (path) => diskFiles.readFile(path), problems);
  if (problems.length > 0) throw new ConnectPropertiesError(file, problems);
  return {
    bootstrapServers: properties['bootstrap.servers'] ?? '',
    ...(properties['client.id'] !== undefined && { clientId: properties['client.id'] }),
    ...times,
    ...(tls !== undefined && { tls }),
  };
}

/** What a part of the worker has against its properties. */
function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof WorkerConfigError) return error.problems;
    if (error instanceof StreamError) return [error.message];
    throw error;
  }
}

/** Folders of `plugin.path` that are there. */
export function pluginFolders(properties: Properties): readonly string[] {
  return listOf(properties['plugin.path']).filter((path) => diskFiles.stat(path)?.isDirectory === true);
}

/** One sentence each about what was given and changes nothing here: properties, and Java's plugins. */
export function ineffectiveNotes(file: string, properties: Properties, mode: WorkerMode): readonly string[] {
  const idle = Object.keys(properties).filter((key) => !hasEffect(key, mode));
  const notes: string[] = [];
  if (idle.length > 0) notes.push(`${file}: without effect in this worker: ${idle.toSorted().join(', ')}`);
  const java = listOf(properties['plugin.path']).filter(holdsJars);
  if (java.length > 0) {
    notes.push(
      `${file}: plugin.path has Java plugins in ${java.join(', ')}; they are not loaded: connectors here are built in, or JavaScript`,
    );
  }
  return notes;
}

function hasEffect(key: string, mode: WorkerMode): boolean {
  if (key === 'offset.storage.file.filename') return mode === 'standalone';
  if (mode === 'standalone' && sharedKeys.test(key)) return false;
  const client = /^(producer|consumer)\.(.+)$/.exec(key);
  if (client !== null)
    return isClientKey(client[1] === 'producer' ? 'producer' : 'consumer', client[2] ?? '');
  return isSecurityKey(key) || clientKeys.has(key) || ownKeys.has(key) || isWorkerKey(key) || isRestKey(key);
}

function holdsJars(path: string): boolean {
  if (path.endsWith('.jar')) return true;
  if (diskFiles.stat(path)?.isDirectory !== true) return false;
  return diskFiles.list(path).some((name) => {
    if (name.endsWith('.jar')) return true;
    const inner = `${path}/${name}`;
    return (
      diskFiles.stat(inner)?.isDirectory === true &&
      diskFiles.list(inner).some((each) => each.endsWith('.jar'))
    );
  });
}
