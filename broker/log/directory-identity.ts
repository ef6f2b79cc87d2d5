import type { FileLock, Files } from '../../platform/files.ts';
import type { Platform } from '../../platform/platform.ts';
import { hasCode } from '../../platform/system-error.ts';
import { randomUuid } from '../../platform/uuid.ts';
import { CorruptFileError, LogDirectoryInUseError } from './errors.ts';
import type { MetaProperties } from './meta-properties.ts';

/** When an append counts: after a sync of the disk, or (Kafka's default) once the operating system has it. */
export type Durability = 'fsync' | 'page-cache';

/** How a log directory is opened. */
export interface LogDirectoryOptions {
  readonly path: string;
  readonly nodeId: number;
  readonly durability: Durability;
  /** The cluster of a new directory; one of another cluster is refused. Default: a random id, or what the directory says. */
  readonly clusterId?: string | undefined;
}

/** Throws {@link CorruptFileError} when the directory is another node's, or of another cluster. */
export function refuseOthers(meta: MetaProperties, options: LogDirectoryOptions): void {
  const { path, nodeId, clusterId = meta.clusterId } = options;
  if (meta.nodeId !== nodeId) {
    const problem = `belongs to node ${meta.nodeId}, this is node ${nodeId}; use its own directory or that node.id`;
    throw new CorruptFileError(`${path}/meta.properties`, problem);
  }
  if (meta.clusterId !== clusterId) {
    const problem = `belongs to cluster ${meta.clusterId}, this is cluster ${clusterId}; use another directory or that CLUSTER_ID`;
    throw new CorruptFileError(`${path}/meta.properties`, problem);
  }
}

/** Of a directory that nobody has used before. */
export function newMetaProperties(
  { entropy }: Platform,
  { nodeId, clusterId = randomUuid(entropy) }: LogDirectoryOptions,
): MetaProperties {
  return { clusterId, nodeId, directoryId: randomUuid(entropy) };
}

/** Throws {@link LogDirectoryInUseError} when another broker has it. */
export function takeLock(files: Files, path: string): FileLock {
  try {
    return files.lock(`${path}/.lock`);
  } catch (error) {
    throw hasCode(error, 'EAGAIN') ? new LogDirectoryInUseError(path, error) : error;
  }
}
