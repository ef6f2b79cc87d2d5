import type { MetadataDelta } from './delta.ts';
import type { ImageState } from './image.ts';
import type { ValueOfRecord } from './record.ts';

export function replayConfig(
  state: ImageState,
  { resourceType, resourceName, name, value }: ValueOfRecord<'ConfigRecord'>,
  delta: MetadataDelta,
): void {
  const resources = state.configs.get(resourceType) ?? new Map<string, Map<string, string>>();
  // A new map each time: configs already handed out do not change under their reader.
  const texts = new Map(resources.get(resourceName));
  if (value === null) texts.delete(name);
  else texts.set(name, value);
  if (texts.size > 0) resources.set(resourceName, texts);
  else resources.delete(resourceName);
  if (resources.size > 0) state.configs.set(resourceType, resources);
  else state.configs.delete(resourceType);
  delta.noteConfigChanged(resourceType, resourceName);
}

export function replayFeature(
  state: ImageState,
  { name, featureLevel }: ValueOfRecord<'FeatureLevelRecord'>,
  delta: MetadataDelta,
): void {
  if (featureLevel === 0) state.features.delete(name);
  else state.features.set(name, featureLevel);
  delta.noteFeatureChanged(name);
}

export function replayClientQuota(
  state: ImageState,
  record: ValueOfRecord<'ClientQuotaRecord'>,
  delta: MetadataDelta,
): void {
  const entity = record.entity.map(({ entityType, entityName }) => JSON.stringify([entityType, entityName]));
  const key = `${entity.sort().join()}#${record.key}`;
  if (record.remove) state.clientQuotas.delete(key);
  else state.clientQuotas.set(key, record);
  delta.noteQuotaChanged();
}
