import type { BrokerConfig, ConfigTexts } from '../config/index.ts';
import type { QuorumVoters } from './voters.ts';

/** Levels of `kraft.version` (KIP-853); at 1 the voters are in the log. */
export const kraftVersions = { minVersion: 0, maxVersion: 1 } as const;

/** The quorum of one that this node is, with voters that are recorded: what `kafka-storage format --standalone` makes. */
export function ownVoter(
  { nodeId, directoryId }: { readonly nodeId: number; readonly directoryId: string },
  { controllerListeners }: BrokerConfig,
): QuorumVoters {
  const endpoints = controllerListeners.map(({ name, host, port }) => ({ name, host, port }));
  const kRaftVersionFeature = {
    minSupportedVersion: kraftVersions.minVersion,
    maxSupportedVersion: kraftVersions.maxVersion,
  };
  const voter = { voterId: nodeId, voterDirectoryId: directoryId, endpoints, kRaftVersionFeature };
  return { kraftVersion: kraftVersions.maxVersion, voters: [voter] };
}

/** The broker's `metadata.log.*` configs as configs of the metadata topic. */
export function metadataLogConfigs(config: BrokerConfig): ConfigTexts {
  const segmentBytes = config.internalMetadataLogSegmentBytes ?? config.metadataLogSegmentBytes;
  return new Map([
    ['internal.segment.bytes', String(segmentBytes)],
    ['segment.ms', String(config.metadataLogSegmentMs)],
    ['file.delete.delay.ms', String(config.internalMetadataDeleteDelayMillis)],
  ]);
}
