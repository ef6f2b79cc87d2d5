import {
  ConfigError,
  type ConfigOf,
  defineSource,
  FatalError,
  type ReadFrom,
  type SourceBatch,
  type SourceContext,
} from '../../runtime/plugin/index.ts';
import { LineBatcher, type LinePosition } from './line-batcher.ts';
import { readStream } from './stream-reading.ts';
import { readBytes, WatchedFile } from './watched-file.ts';

const sourceConfig = {
  type: 'object',
  required: ['topic'],
  properties: {
    file: {
      type: 'string',
      minLength: 1,
      importance: 'HIGH',
      description: 'Path of the file. If there is none, standard input is read.',
    },
    topic: { type: 'string', minLength: 1, description: 'Topic that the lines are written to.' },
    follow: {
      type: 'boolean',
      default: true,
      description: 'Wait for lines that are appended later, instead of ending with the file.',
    },
    'batch.size': {
      type: 'integer',
      check: batchSizeReason,
      default: 2000,
      importance: 'LOW',
      description: 'How many lines make a batch, at most.',
    },
    'poll.interval.ms': {
      type: 'string',
      format: 'duration',
      default: 1000,
      importance: 'LOW',
      description: 'How often to look for more lines, and for a file that is not there yet.',
    },
    'line.max.bytes': {
      type: 'string',
      format: 'bytes',
      default: '1MiB',
      importance: 'LOW',
      description: 'Longest line. A longer one stops the connector.',
    },
  },
} as const;

export type FileSourceConfig = ConfigOf<typeof sourceConfig>;

/**
 * Reads a text file line by line, as `tail -F` does: what is appended, and from the start again when the file was replaced,
 * cut or rewritten. Offsets are those of Kafka's FileStreamSource: `{"filename"}` and `{"position"}` in bytes, here with a
 * fingerprint that tells a new file of the same name from the old one. A line that is not UTF-8 is handed over as unreadable.
 */
export const source = defineSource({
  name: 'file',
  version: '1.0.0',
  description: 'Reads the lines of a text file and follows it.',
  aliases: [
    'FileStreamSource',
    'FileStreamSourceConnector',
    'org.apache.kafka.connect.file.FileStreamSourceConnector',
  ],
  config: sourceConfig,
  async check(config: FileSourceConfig) {
    if (config.file !== undefined) await (await WatchedFile.open(config.file)).close();
  },
  async partitions(config: FileSourceConfig) {
    return [{ filename: config.file ?? null }];
  },
  async *read(config: FileSourceConfig, from: ReadFrom<LinePosition>, ctx) {
    if (config.file === undefined) yield* readStream(process.stdin, config, ctx);
    else yield* readFile(config.file, config, from.position, ctx);
  },
  alterOffsets(_config, offsets) {
    for (const { partition, position } of offsets) {
      const reason = position === null ? undefined : offsetReason(partition, position);
      if (reason !== undefined) throw new ConfigError(reason);
    }
  },
});

/** No range of the schema's: Kafka's key has none either, and its messages would differ. */
function batchSizeReason(size: unknown): string | undefined {
  return Number(size) >= 1 && Number(size) <= 100_000 ? undefined : 'Value must be from 1 to 100000';
}

/** As Kafka's connector says it; undefined when nothing is wrong. A partition that is to be forgotten may be any. */
function offsetReason(partition: object, position: unknown): string | undefined {
  if (!('filename' in partition)) return "Partition objects should contain the key 'filename'";
  if (typeof position !== 'object' || position === null || !('position' in position)) {
    return "Offset objects should either be null or contain the key 'position'";
  }
  const { position: bytes } = position;
  if (!Number.isSafeInteger(bytes)) {
    return "The value for the 'position' key in the offset is expected to be a Long value";
  }
  if (Number(bytes) >= 0) return undefined;
  return "The value for the 'position' key in the offset should be a non-negative value";
}

async function* readFile(
  path: string,
  config: FileSourceConfig,
  stored: LinePosition | undefined,
  ctx: SourceContext,
): AsyncGenerator<SourceBatch<LinePosition>> {
  let from = stored;
  while (!ctx.signal.aborted) {
    const file = await openFile(path, config, ctx);
    if (file === undefined) return;
    try {
      const start = from === undefined ? 0 : await resumeAt(file, from, ctx);
      if (yield* readLines(file, start, config, ctx)) return;
      from = undefined;
      yield { records: [], position: { position: 0 } };
    } finally {
      await file.close();
    }
  }
}

/** Where to go on: at the stored position if this is still the file that it is about, else at the start. */
async function resumeAt(file: WatchedFile, from: LinePosition, ctx: SourceContext): Promise<number> {
  const fingerprint = await file.fingerprint(from.position);
  const isSame = from.fingerprint === undefined || from.fingerprint === fingerprint;
  if (fingerprint !== undefined && isSame) return from.position;
  ctx.log.warn({ file: file.path, ...from }, 'the file is another one now, reading it from the start');
  return 0;
}

/** Reads until the file is another one (false), or the source is at its end (true). */
async function* readLines(
  file: WatchedFile,
  start: number,
  config: FileSourceConfig,
  ctx: SourceContext,
): AsyncGenerator<SourceBatch<LinePosition>, boolean> {
  const lines = new LineBatcher(config, file.path, start);
  let position = await positionOf(file, start);
  let isCaughtUp = false;
  let isLeaving = false;
  while (!ctx.signal.aborted) {
    if (isCaughtUp) {
      // Before the bytes behind the position are taken for the continuation of those before it.
      const change = await file.compare(position.position, position.fingerprint);
      if (change === 'rewritten') {
        ctx.log.warn(
          { file: file.path, ...position },
          'the file was cut or rewritten, reading it from the start',
        );
        return false;
      }
      // What was appended to the old file before it was replaced comes first.
      isLeaving = change === 'replaced';
    }
    const bytes = await file.read(lines.end);
    lines.add(bytes);
    const isLast = bytes.length === 0 && (isLeaving || !config.follow);
    for (let batch = lines.take(isLast); batch !== undefined; batch = lines.take(isLast)) {
      position = await positionOf(file, lines.position);
      yield { ...batch, position };
      if (ctx.signal.aborted) return true;
    }
    if (isLast) return !config.follow;
    isCaughtUp = config.follow && bytes.length < readBytes;
    if (bytes.length === 0) await ctx.sleep(config['poll.interval.ms']);
  }
  return true;
}

async function positionOf(file: WatchedFile, position: number): Promise<LinePosition> {
  const fingerprint = position === 0 ? undefined : await file.fingerprint(position);
  return fingerprint === undefined ? { position } : { position, fingerprint };
}

async function openFile(
  path: string,
  config: FileSourceConfig,
  ctx: SourceContext,
): Promise<WatchedFile | undefined> {
  for (let isFirst = true; !ctx.signal.aborted; isFirst = false) {
    try {
      return await WatchedFile.open(path);
    } catch (cause) {
      if (cause instanceof FatalError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      if (!config.follow) throw new FatalError(`${path} cannot be read: ${reason}`, { cause });
      if (isFirst) ctx.log.warn({ file: path, err: cause }, 'waiting for the file');
      await ctx.sleep(config['poll.interval.ms']);
    }
  }
  return undefined;
}
