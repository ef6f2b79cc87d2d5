import { type ConfigTexts, staticLayers, topicConfig } from '../../config/index.ts';
import { resourceTypes } from '../image.ts';
import type { MetadataRecord } from '../record.ts';
import { type FeatureRange, kafkaFeatures } from './features.ts';

/**
 * The first records of a new cluster: the level of each feature and, where eligible leader replicas are on, the
 * cluster's `min.insync.replicas` (KIP-966), all in one transaction. The cluster id is not a record.
 */
export function bootstrapRecords(
  properties: ConfigTexts,
  features: Readonly<Record<string, FeatureRange>> = kafkaFeatures,
): readonly MetadataRecord[] {
  const levels = Object.entries(features).map(([name, { initialLevel }]): MetadataRecord => {
    return { type: 'FeatureLevelRecord', value: { name, featureLevel: initialLevel } };
  });
  const hasElr = (features['eligible.leader.replicas.version']?.initialLevel ?? 0) > 0;
  return [
    { type: 'BeginTransactionRecord', value: { name: 'Bootstrap records' } },
    ...levels,
    ...(hasElr ? [minIsrRecord(properties)] : []),
    { type: 'EndTransactionRecord', value: {} },
  ];
}

/** The record of the whole cluster's `min.insync.replicas`, with the value of the properties. */
export function minIsrRecord(properties: ConfigTexts): MetadataRecord {
  const { minInsyncReplicas } = topicConfig(new Map(), staticLayers(properties));
  const resource = { resourceType: resourceTypes.BROKER, resourceName: '' };
  return {
    type: 'ConfigRecord',
    value: { ...resource, name: 'min.insync.replicas', value: String(minInsyncReplicas) },
  };
}
