/** A feature's levels this broker can run at, and the one a new cluster is given. */
export interface FeatureRange {
  readonly minVersion: number;
  readonly maxVersion: number;
  readonly initialLevel: number;
}

/** Features of Kafka 4.3 that are finalized by records; `kraft.version` is a control record of the quorum. */
export const kafkaFeatures = {
  'metadata.version': { minVersion: 7, maxVersion: 30, initialLevel: 30 },
  'transaction.version': { minVersion: 0, maxVersion: 2, initialLevel: 2 },
  'group.version': { minVersion: 0, maxVersion: 1, initialLevel: 1 },
  'eligible.leader.replicas.version': { minVersion: 0, maxVersion: 1, initialLevel: 1 },
  'share.version': { minVersion: 0, maxVersion: 1, initialLevel: 1 },
  'streams.version': { minVersion: 0, maxVersion: 1, initialLevel: 1 },
} as const satisfies Readonly<Record<string, FeatureRange>>;
