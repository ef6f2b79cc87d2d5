import {
  type Element,
  type Encodable,
  ErrorCode,
  type UpdateFeaturesRequest,
  type updateFeaturesResponse,
} from '../../../kafka/protocol/index.ts';
import { RefusedError } from '../errors.ts';
import { resourceTypes } from '../image.ts';
import type { MetadataRecord } from '../record.ts';
import { minIsrRecord } from './bootstrap.ts';
import { type ControllerContext, type Decision, orRefusal } from './decision.ts';
import type { FeatureRange } from './features.ts';
import { didMetadataChange } from './metadata-versions.ts';

/** Values of `upgradeType` (KIP-584). */
const upgradeTypes = { UPGRADE: 1, SAFE_DOWNGRADE: 2, UNSAFE_DOWNGRADE: 3 } as const;

const METADATA = 'metadata.version';
const KRAFT = 'kraft.version';
const ELR = 'eligible.leader.replicas.version';

/** Features of Kafka's that a client may name, but that are at no level here. */
const notServed: readonly string[] = ['share.version', 'streams.version'];

/** What features need of others, from level 1 on. */
const dependencies: Readonly<Record<string, readonly [feature: string, level: number]>> = {
  [ELR]: [METADATA, 23],
};

/** What this node can run at, and what is no record of the image. */
export interface FeatureSupport {
  readonly ranges: Readonly<Record<string, Pick<FeatureRange, 'minVersion' | 'maxVersion'>>>;
  /** The level of `kraft.version`. */
  readonly kraftVersion: number;
}

/** A decision, and the level of `kraft.version` to record with the quorum's voters. */
export interface UpdateFeaturesDecision extends Decision<Encodable<typeof updateFeaturesResponse>> {
  readonly kraftVersion: number | undefined;
}

type Update = Element<UpdateFeaturesRequest['featureUpdates']>;

/** Decides UpdateFeatures (57): all of the updates are made, or none. `version` is that of the request. */
export function decideUpdateFeatures(
  context: ControllerContext,
  request: Pick<UpdateFeaturesRequest, 'featureUpdates' | 'validateOnly'>,
  { version, ...support }: FeatureSupport & { readonly version: number },
): UpdateFeaturesDecision {
  const updates = [...new Map(request.featureUpdates.map((update) => [update.feature, update])).values()];
  const answer = (errorCode: number, errorMessage: string | null, names: readonly string[] = []) => ({
    throttleTimeMs: 0,
    errorCode,
    errorMessage,
    // Kafka's own text for no error.
    results: names.map((feature) => ({ feature, errorCode: ErrorCode.NONE, errorMessage: 'NONE' })),
  });
  const decide = (): UpdateFeaturesDecision => {
    const after = new Map([...context.image.features, [KRAFT, support.kraftVersion] as const]);
    for (const { feature, maxVersionLevel } of updates) after.set(feature, maxVersionLevel);
    const records = updates.flatMap((update) =>
      checkedUpdate(context, { ...update, version }, support, after),
    );
    const response = answer(ErrorCode.NONE, null, version < 2 ? updates.map(({ feature }) => feature) : []);
    const isKept = request.validateOnly || after.get(KRAFT) === support.kraftVersion;
    return {
      records: request.validateOnly ? [] : records,
      kraftVersion: isKept ? undefined : after.get(KRAFT),
      response,
    };
  };
  return orRefusal(decide, ({ errorCode, message }) => {
    const reason = `The update failed for all features since the following feature had an error: ${message}`;
    return { records: [], kraftVersion: undefined, response: answer(errorCode, reason) };
  });
}

/** The records of one update. Throws {@link RefusedError} in Kafka's words. */
function checkedUpdate(
  context: ControllerContext,
  update: Update & { readonly version: number },
  { ranges, kraftVersion }: FeatureSupport,
  after: ReadonlyMap<string, number>,
): readonly MetadataRecord[] {
  const { feature, maxVersionLevel: level } = update;
  const current = feature === KRAFT ? kraftVersion : context.image.featureLevel(feature);
  const type = typeOf(update);
  const problem =
    wrongType(type) ??
    (level < 0 ? 'A feature version cannot be less than 0.' : undefined) ??
    unsupported(context.nodeId, level, Object.hasOwn(ranges, feature) ? ranges[feature] : undefined) ??
    wrongDirection(level - current, type) ??
    (Object.hasOwn(ranges, feature) || notServed.includes(feature)
      ? undefined
      : `Feature ${feature} not found.`);
  if (problem !== undefined) throw invalid(feature, level, problem);
  if (feature === METADATA) return metadataUpdate(current, level, type);
  if (feature === KRAFT) {
    if (level < current) throw invalid(feature, level, "Can't downgrade the version of this feature.");
    return [];
  }
  const [needed, neededLevel] = dependencies[feature] ?? [METADATA, 0];
  if (level > 0 && (after.get(needed) ?? 0) < neededLevel) {
    const reason = `${feature} could not be set to ${level} because it depends on ${needed} level ${neededLevel}`;
    throw invalid(feature, level, reason);
  }
  const safety = feature === ELR && level > current ? minIsrRecords(context) : [];
  return [...safety, levelRecord(feature, level)];
}

/** Version 0 only says whether the level may be lowered. */
function typeOf({ version, allowDowngrade, upgradeType }: Update & { readonly version: number }): number {
  if (version > 0) return upgradeType;
  return allowDowngrade ? upgradeTypes.SAFE_DOWNGRADE : upgradeTypes.UPGRADE;
}

function wrongType(type: number): string | undefined {
  const isKnown = type >= upgradeTypes.UPGRADE && type <= upgradeTypes.UNSAFE_DOWNGRADE;
  return isKnown ? undefined : 'The controller does not support the given upgrade type.';
}

function unsupported(
  nodeId: number,
  level: number,
  range: Pick<FeatureRange, 'minVersion' | 'maxVersion'> | undefined,
): string | undefined {
  const { minVersion, maxVersion } = range ?? { minVersion: 0, maxVersion: 0 };
  if (level >= minVersion && level <= maxVersion) return undefined;
  if (maxVersion === 0) return `Local controller ${nodeId} does not support this feature.`;
  const supported = minVersion === maxVersion ? `${minVersion}` : `${minVersion}-${maxVersion}`;
  return `Local controller ${nodeId} only supports versions ${supported}`;
}

function wrongDirection(change: number, type: number): string | undefined {
  if (change < 0 && type === upgradeTypes.UPGRADE) {
    return "Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade.";
  }
  return change > 0 && type !== upgradeTypes.UPGRADE ? "Can't downgrade to a newer version." : undefined;
}

function metadataUpdate(current: number, level: number, type: number): readonly MetadataRecord[] {
  if (level >= current || !didMetadataChange(current, level)) return [levelRecord(METADATA, level)];
  const reason =
    type === upgradeTypes.UNSAFE_DOWNGRADE
      ? 'Unsafe metadata downgrade is not supported in this version.'
      : 'Refusing to perform the requested downgrade because it might delete metadata information.';
  const message = `Unsupported metadata.version downgrade from ${current} to ${level}. ${reason}`;
  throw new RefusedError(ErrorCode.INVALID_UPDATE_VERSION, message);
}

function levelRecord(name: string, featureLevel: number): MetadataRecord {
  return { type: 'FeatureLevelRecord', value: { name, featureLevel } };
}

/** With eligible leaders, `min.insync.replicas` is the whole cluster's: it must be there, and no broker may have its own. */
function minIsrRecords({ image, properties }: ControllerContext): readonly MetadataRecord[] {
  const name = 'min.insync.replicas';
  const resourceType = resourceTypes.BROKER;
  const missing = image.configs(resourceType, '').has(name) ? [] : [minIsrRecord(properties)];
  const own = image
    .configuredNames(resourceType)
    .filter((resourceName) => resourceName !== '' && image.configs(resourceType, resourceName).has(name));
  return [
    ...missing,
    ...own.map((resourceName): MetadataRecord => {
      return { type: 'ConfigRecord', value: { resourceType, resourceName, name, value: null } };
    }),
  ];
}

function invalid(feature: string, level: number, reason: string): RefusedError {
  const message = `Invalid update version ${level} for feature ${feature}. ${reason}`;
  return new RefusedError(ErrorCode.INVALID_UPDATE_VERSION, message);
}
