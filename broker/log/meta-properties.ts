import { writeFileAtomically } from '../../platform/atomic-write.ts';
import type { Files } from '../../platform/files.ts';
import { CorruptFileError } from './errors.ts';

/** Kafka's `meta.properties` (version 1): whose log directory this is. Ids are 22-character url-safe base64 UUIDs. */
export interface MetaProperties {
  readonly clusterId: string;
  readonly nodeId: number;
  readonly directoryId: string;
}

/** Reads the file; `undefined` when there is none yet. Throws {@link CorruptFileError}. */
export function readMetaProperties(files: Files, directory: string): MetaProperties | undefined {
  const path = `${directory}/meta.properties`;
  if (files.stat(path) === undefined) return undefined;
  const lines = files.readFile(path).toString('utf8').split(/\r?\n/);
  const properties = new Map(
    lines
      .filter((line) => line.includes('=') && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.indexOf('=')).trim(), line.slice(line.indexOf('=') + 1).trim()]),
  );
  const value = (key: string): string => {
    const text = properties.get(key);
    if (text === undefined || text === '') throw new CorruptFileError(path, `"${key}" is missing`);
    return text;
  };
  if (value('version') !== '1') {
    throw new CorruptFileError(path, `version ${value('version')} is not supported, expected 1`);
  }
  const nodeId = Number(value('node.id'));
  if (!Number.isInteger(nodeId) || nodeId < 0)
    throw new CorruptFileError(path, `node.id "${value('node.id')}" is not an id`);
  return { clusterId: value('cluster.id'), nodeId, directoryId: value('directory.id') };
}

/** Writes the file durably. */
export function writeMetaProperties(files: Files, directory: string, meta: MetaProperties): void {
  const lines = [
    'version=1',
    `cluster.id=${meta.clusterId}`,
    `node.id=${meta.nodeId}`,
    `directory.id=${meta.directoryId}`,
    '',
  ];
  writeFileAtomically(files, `${directory}/meta.properties`, Buffer.from(lines.join('\n')));
}
