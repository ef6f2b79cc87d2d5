import { mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  type ConfigOf,
  defineSink,
  type PartitionOffset,
  RecordError,
  type SinkBatch,
  type SinkRecord,
} from '../../runtime/plugin/index.ts';
import { CommittedFiles } from './committed-files.ts';
import { checkFilePattern, pathOf, plainPath } from './file-pattern.ts';
import { recordLine, valueLine } from './json-line.ts';

const jsonlConfig = {
  type: 'object',
  required: ['file'],
  properties: {
    file: {
      type: 'string',
      minLength: 1,
      description:
        'Path of the output, one file or several: ${topic} and ${partition} stand for those of the record.',
      examples: ['out/orders.jsonl', 'out/${topic}.jsonl', 'out/${topic}-${partition}.jsonl'],
    },
    'include.metadata': {
      type: 'boolean',
      default: false,
      description:
        'Write topic, partition, offset, timestamp, key, headers and value instead of the value alone.',
    },
    'behavior.on.null.values': {
      enum: ['write', 'ignore'],
      default: 'write',
      description: 'What to do with tombstones: write them as null, or leave them out.',
    },
    'offsets.file': {
      type: 'string',
      importance: 'LOW',
      description:
        'Where lengths and offsets are kept. Default: the path of the output with .offsets behind it.',
    },
    fsync: {
      type: 'boolean',
      default: true,
      importance: 'LOW',
      description:
        'Wait for the disk before offsets are committed. If false, a power failure may damage the output.',
    },
  },
} as const;

type JsonlConfig = ConfigOf<typeof jsonlConfig>;

interface JsonlOutput {
  readonly config: JsonlConfig;
  readonly files: CommittedFiles;
  /** Of what was written since the last flush. */
  readonly offsets: Map<string, PartitionOffset>;
  readonly lineOf: (record: SinkRecord) => string;
}

/**
 * Writes each record as one line of JSON. Exactly once: beside the output lies `<file>.offsets`, a small SQLite database that
 * holds the length of each file and the offsets that belong to those lengths. `flush` syncs the files and then changes both
 * in one transaction. After a crash, `open` cuts every file back to its committed length and the runtime resumes from the
 * committed offsets, so a replay writes the same lines at the same place. A file is entered in the database, with what it held
 * before, ahead of its first line; content that was there is kept. One task writes (the database is locked); to begin from
 * scratch remove output and `.offsets` together and reset the connector's offsets.
 */
export const sink = defineSink({
  name: 'jsonl',
  version: '1.0.0',
  description: 'Writes records as lines of JSON, each exactly once.',
  config: jsonlConfig,
  validate(config: JsonlConfig) {
    checkFilePattern('file', config.file);
  },
  async check(config: JsonlConfig) {
    const probe = `${plainPath(config.file)}.check`;
    await mkdir(dirname(probe), { recursive: true });
    await (await open(probe, 'w')).close();
    await rm(probe);
  },
  open(config: JsonlConfig): JsonlOutput {
    return {
      config,
      files: openFiles(config),
      offsets: new Map(),
      lineOf: config['include.metadata'] ? recordLine : valueLine,
    };
  },
  async write(output: JsonlOutput, batch) {
    const { errors, texts } = linesOf(output, batch);
    await output.files.append(texts);
    for (const offset of batch.offsets) {
      output.offsets.set(JSON.stringify([offset.topic, offset.partition]), offset);
    }
    return errors;
  },
  async flush({ files, offsets }: JsonlOutput) {
    if (offsets.size === 0) return;
    await files.commit(offsets.values());
    offsets.clear();
  },
  async committedOffsets({ files }: JsonlOutput, partitions) {
    const wanted = new Set(partitions.map(({ topic, partition }) => JSON.stringify([topic, partition])));
    return files.offsets().filter(({ topic, partition }) => wanted.has(JSON.stringify([topic, partition])));
  },
  async alterOffsets(config: JsonlConfig, changes) {
    const files = openFiles(config);
    try {
      files.alter(changes);
    } finally {
      await files.close();
    }
  },
  close: ({ files }: JsonlOutput) => files.close(),
});

function openFiles(config: JsonlConfig): CommittedFiles {
  return new CommittedFiles(config['offsets.file'] ?? `${plainPath(config.file)}.offsets`, config.fsync);
}

/** The lines for each file, in order. */
function linesOf({ config, lineOf }: JsonlOutput, { records }: SinkBatch) {
  const texts = new Map<string, string>();
  const errors: RecordError[] = [];
  const isNullIgnored = config['behavior.on.null.values'] === 'ignore';
  // Most records go to the same file as the one before.
  let current: string | undefined;
  let text = '';
  for (const [index, record] of records.entries()) {
    if (isNullIgnored && record.value === null) continue;
    const path = pathOf(config.file, record);
    if (path === undefined) {
      errors.push(
        new RecordError(index, `The topic ${JSON.stringify(record.topic)} cannot be part of a file name.`),
      );
      continue;
    }
    if (path !== current) {
      if (current !== undefined) texts.set(current, text);
      current = path;
      text = texts.get(path) ?? '';
    }
    text += lineOf(record);
  }
  if (current !== undefined) texts.set(current, text);
  return { texts, errors };
}
