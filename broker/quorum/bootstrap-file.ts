import type { Files } from '../../platform/files.ts';
import { decodeMetadataRecord, type MetadataRecord } from '../metadata/index.ts';
import { readSnapshot } from './snapshot.ts';

/**
 * The records that `kafka-storage format` left in the metadata directory for a new cluster, as one transaction;
 * undefined when there is no `bootstrap.checkpoint`. Throws MetadataSnapshotError when it is damaged.
 */
export function readBootstrapFile(files: Files, directory: string): readonly MetadataRecord[] | undefined {
  const path = `${directory}/bootstrap.checkpoint`;
  if (files.stat(path) === undefined) return undefined;
  const { values } = readSnapshot(path, files.readFile(path));
  const records = values.map(decodeMetadataRecord).filter((record) => record.type !== 'unknown');
  return [
    { type: 'BeginTransactionRecord', value: { name: 'Bootstrap records' } },
    ...records,
    { type: 'EndTransactionRecord', value: {} },
  ];
}
