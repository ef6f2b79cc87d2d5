import { writeCacheFile, writeFileAtomically } from '../../platform/atomic-write.ts';
import type { Files } from '../../platform/files.ts';
import { CorruptFileError } from './errors.ts';
import type { EpochStart } from './leader-epoch-cache.ts';

/** An offset of one partition in a checkpoint file. */
export interface PartitionOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/**
 * Reads one of Kafka's offset checkpoint files (`recovery-point-offset-checkpoint` and its kin): a version line `0`,
 * a count and `topic partition offset` lines. A missing file is an empty one. Throws {@link CorruptFileError}.
 */
export function readOffsetCheckpoint(files: Files, path: string): PartitionOffset[] {
  if (files.stat(path) === undefined) return [];
  return readLines(files, path).map((line) => {
    const [topic = '', partition, offset, ...rest] = line.split(' ');
    if (topic === '' || rest.length > 0) throw new CorruptFileError(path, `malformed line "${line}"`);
    return { topic, partition: wholeNumber(path, partition), offset: wholeNumber(path, offset) };
  });
}

/** Replaces an offset checkpoint file, atomically and durably. */
export function writeOffsetCheckpoint(files: Files, path: string, offsets: readonly PartitionOffset[]): void {
  const lines = offsets.map(({ topic, partition, offset }) => `${topic} ${partition} ${offset}`);
  writeFileAtomically(files, path, encodeLines(lines));
}

/** Reads a `leader-epoch-checkpoint` file: `epoch startOffset` lines. Throws `ENOENT` when missing, {@link CorruptFileError}. */
export function readEpochCheckpoint(files: Files, path: string): EpochStart[] {
  return readLines(files, path).map((line) => {
    const [epoch, startOffset] = line.split(' ');
    return { epoch: wholeNumber(path, epoch), startOffset: wholeNumber(path, startOffset) };
  });
}

/** Replaces a `leader-epoch-checkpoint` file, atomically but not durably: it is a cache of what the batches say. */
export function writeEpochCheckpoint(files: Files, path: string, entries: readonly EpochStart[]): void {
  const lines = entries.map(({ epoch, startOffset }) => `${epoch} ${startOffset}`);
  writeCacheFile(files, path, encodeLines(lines));
}

function encodeLines(lines: readonly string[]): Buffer {
  return Buffer.from(['0', lines.length, ...lines, ''].join('\n'));
}

function readLines(files: Files, path: string): string[] {
  const text = files.readFile(path).toString('utf8');
  if (text === '') return []; // Kafka creates its checkpoints empty, and writes them when there is something to say.
  const [version, count, ...lines] = text.split('\n');
  if (version !== '0') throw new CorruptFileError(path, `unknown version "${version}", expected 0`);
  if (lines.pop() !== '') throw new CorruptFileError(path, 'the last line is cut off');
  if (wholeNumber(path, count) !== lines.length) {
    throw new CorruptFileError(path, `promises ${count} entries and has ${lines.length}`);
  }
  return lines;
}

function wholeNumber(path: string, text: string | undefined): number {
  const value = Number(text);
  if (text === undefined || text === '' || !Number.isSafeInteger(value)) {
    throw new CorruptFileError(path, `"${text}" is not a whole number`);
  }
  return value;
}
