import type { Files } from '../../platform/files.ts';
import { segmentOffsets, segmentPath } from './segment-files.ts';

const NAME_BYTES_MAX = 255;
const FOLDER = /^([A-Za-z0-9._-]+)-(\d+)$/;
const FUTURE = /^([A-Za-z0-9._-]+-\d+)\.[0-9a-f]{32}-future$/;

/** Ends of the names of folders that wait to be removed, that no topic of the metadata owns, that become a partition's log. */
export const DELETE_SUFFIX = '-delete';
const STRAY_SUFFIX = '-stray';
const FUTURE_SUFFIX = '-future';

/** Name of a partition's folder: `topic-partition`. */
export function folderName(topic: string, partition: number): string {
  return `${topic}-${partition}`;
}

/** The partition that a folder is of; `undefined` for every other name. */
export function partitionOfFolder(name: string): { topic: string; partition: number } | undefined {
  const [, topic, partition] = FOLDER.exec(name) ?? [];
  return topic === undefined ? undefined : { topic, partition: Number(partition) };
}

/** The name that the folder of a deleted partition gets until it is removed; at most 255 bytes long, as Kafka's. */
export function deletedFolderName(name: string, topicId: string): string {
  return tagged(name, `.${hexOf(topicId)}${DELETE_SUFFIX}`);
}

/** The name under which the log of a topic that does not exist is set aside. */
export function strayFolderName(name: string, topicId: string): string {
  return tagged(name, `.${hexOf(topicId)}${STRAY_SUFFIX}`);
}

/** Name of the folder to which a partition is being moved; `id` is a new UUID. `undefined` when it would be too long. */
export function futureFolderName(name: string, id: string): string | undefined {
  const future = `${name}.${hexOf(id)}${FUTURE_SUFFIX}`;
  return future.length > NAME_BYTES_MAX ? undefined : future;
}

/** `topic-partition` of the folder of an unfinished move; `undefined` for every other name. */
export function futureOfFolder(name: string): string | undefined {
  return FUTURE.exec(name)?.[1];
}

/** The topic id that a partition's folder carries in `partition.metadata`; `undefined` when there is none. */
export function readTopicId(files: Files, folder: string): string | undefined {
  const path = `${folder}/partition.metadata`;
  const text = files.stat(path) === undefined ? '' : files.readFile(path).toString('utf8');
  return /^topic_id: ([A-Za-z0-9_-]{22})$/m.exec(text)?.[1];
}

/** Makes a partition's folder with its `partition.metadata`, also when a power cut tore that. */
export function identifyFolder(files: Files, folder: string, topicId: string): void {
  files.makeDirectory(folder);
  if (readTopicId(files, folder) === topicId) return;
  const file = files.open(`${folder}/partition.metadata`, 'write');
  try {
    file.truncate(0);
    file.append([Buffer.from(`version: 0\ntopic_id: ${topicId}`)]);
  } finally {
    file.close();
  }
}

/** Base offsets of the segments in a partition's folder; none when it is missing. */
export function segmentsIn(files: Files, folder: string): readonly number[] {
  return files.stat(folder) === undefined ? [] : segmentOffsets(files.list(folder), '.log');
}

/** Bytes of the segments in a partition's folder; 0 when it is missing. */
export function folderBytes(files: Files, folder: string): number {
  let bytes = 0;
  for (const offset of segmentsIn(files, folder)) {
    bytes += files.stat(segmentPath(folder, offset, '.log'))?.size ?? 0;
  }
  return bytes;
}

function tagged(name: string, tag: string): string {
  return `${name.slice(0, NAME_BYTES_MAX - tag.length)}${tag}`;
}

function hexOf(id: string): string {
  return Buffer.from(id, 'base64url').toString('hex');
}
