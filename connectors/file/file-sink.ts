import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  type ConfigOf,
  defineSink,
  FatalError,
  RetriableError,
  type SinkRecord,
  toJsonText,
} from '../../runtime/plugin/index.ts';

const sinkConfig = {
  type: 'object',
  properties: {
    file: {
      type: 'string',
      minLength: 1,
      importance: 'HIGH',
      description:
        'Path of the file that lines are appended to. If there is none, standard output is written.',
    },
    fsync: {
      type: 'boolean',
      default: true,
      importance: 'LOW',
      description: 'Wait for the disk before offsets are committed.',
    },
  },
} as const;

type FileSinkConfig = ConfigOf<typeof sinkConfig>;

/** Undefined: standard output. */
interface FileOutput {
  readonly handle: FileHandle | undefined;
  readonly isDurable: boolean;
}

/** Errors that may pass: a full disk may get room again. */
const passingErrors = new Set(['ENOSPC', 'EDQUOT', 'EAGAIN']);

/**
 * Appends the value of each record as a line: text and bytes as they are, anything else as JSON, a tombstone as `null`. At
 * least once, as Kafka's FileStreamSink: after a crash the lines since the last commit come again (the jsonl sink writes
 * exactly once). Lines are never torn: a batch that could not be written completely is cut off again, and when the file
 * ends inside a line, that line is ended before the next one begins.
 */
export const sink = defineSink({
  name: 'file',
  version: '1.0.0',
  description: 'Appends records to a text file, one line each.',
  aliases: [
    'FileStreamSink',
    'FileStreamSinkConnector',
    'org.apache.kafka.connect.file.FileStreamSinkConnector',
  ],
  config: sinkConfig,
  async check(config: FileSinkConfig) {
    if (config.file !== undefined) await (await openFile(config.file)).close();
  },
  async open(config: FileSinkConfig): Promise<FileOutput> {
    const handle = config.file === undefined ? undefined : await openFile(config.file);
    if (handle !== undefined) await endLine(handle);
    return { handle, isDurable: config.fsync };
  },
  async write({ handle }: FileOutput, { records }) {
    if (records.length === 0) return;
    const parts = records.flatMap((record) => [lineOf(record), lineEnd]);
    if (handle === undefined) await print(Buffer.concat(parts));
    else await append(handle, Buffer.concat(parts));
  },
  async flush({ handle, isDurable }: FileOutput) {
    if (handle === undefined || !isDurable) return;
    await handle.datasync().catch((error: NodeJS.ErrnoException) => {
      // Devices and pipes, /dev/null say, have nothing to sync.
      if (error.code !== 'EINVAL') throw error;
    });
  },
  /** The file knows no offsets: any are right. */
  alterOffsets: () => undefined,
  close: ({ handle }: FileOutput) => handle?.close(),
});

const lineEnd = Buffer.from('\n');

function lineOf({ value, valueSchema }: SinkRecord): Uint8Array {
  if (value instanceof Uint8Array) return value;
  return Buffer.from(typeof value === 'string' ? value : toJsonText(valueSchema, value));
}

async function openFile(path: string): Promise<FileHandle> {
  await mkdir(dirname(path), { recursive: true });
  return open(path, 'a+');
}

async function endLine(handle: FileHandle): Promise<void> {
  const { size } = await handle.stat();
  if (size === 0) return;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  if (buffer[0] !== lineEnd[0]) await handle.appendFile(lineEnd);
}

async function append(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  const { size } = await handle.stat();
  try {
    await handle.appendFile(bytes);
  } catch (cause) {
    await handle.truncate(size).catch(() => undefined);
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const message = `The file could not be written: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw passingErrors.has(code)
      ? new RetriableError(message, { cause })
      : new FatalError(message, { cause });
  }
}

function print(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}
