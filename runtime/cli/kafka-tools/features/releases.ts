import { ToolError } from '../errors.ts';

/** Level of the first release, `3.3-IV3`. */
const FIRST_LEVEL = 7;
/** By level, from {@link FIRST_LEVEL} on. */
const RELEASES = [
  '3.3-IV3',
  '3.4-IV0',
  '3.5-IV0',
  '3.5-IV1',
  '3.5-IV2',
  '3.6-IV0',
  '3.6-IV1',
  '3.6-IV2',
  '3.7-IV0',
  '3.7-IV1',
  '3.7-IV2',
  '3.7-IV3',
  '3.7-IV4',
  '3.8-IV0',
  '3.9-IV0',
  '4.0-IV0',
  '4.0-IV1',
  '4.0-IV2',
  '4.0-IV3',
  '4.1-IV0',
  '4.1-IV1',
  '4.2-IV0',
  '4.2-IV1',
  '4.3-IV0',
  '4.4-IV0',
];

/** What a cluster is set to that was made by this version of Kafka. */
export const LATEST_RELEASE = '4.3-IV0';
export const METADATA_VERSION = 'metadata.version';

/** A level of a feature that is its default from a level of `metadata.version` on. */
interface FeatureLevel {
  readonly level: number;
  readonly since: number;
}

/** In the order in which Kafka's tools list them; each with its levels above 0, the highest last. */
const FEATURES: Readonly<Record<string, readonly FeatureLevel[]>> = {
  'kraft.version': [{ level: 1, since: levelOf('3.9-IV0') }],
  'transaction.version': [
    { level: 1, since: levelOf('4.0-IV2') },
    { level: 2, since: levelOf('4.0-IV2') },
  ],
  'group.version': [{ level: 1, since: levelOf('4.0-IV0') }],
  'eligible.leader.replicas.version': [{ level: 1, since: levelOf('4.1-IV0') }],
  'share.version': [{ level: 1, since: levelOf('4.2-IV0') }],
  'streams.version': [{ level: 1, since: levelOf('4.2-IV1') }],
};

/** What a level of a feature needs of others. */
const DEPENDENCIES: Readonly<Record<string, readonly (readonly [feature: string, level: number])[]>> = {
  'eligible.leader.replicas.version=1': [[METADATA_VERSION, levelOf('4.0-IV1')]],
};

/** `30` is `4.3-IV0`; undefined for levels that no release has. */
export function releaseOf(level: number): string | undefined {
  return RELEASES[level - FIRST_LEVEL];
}

/** The level of a release, `4.3-IV0`, or of the last one of a version, `4.3`. Throws ToolError for others. */
export function metadataLevel(text: string): number {
  const level = Math.max(
    levelOf(text),
    FIRST_LEVEL + RELEASES.findLastIndex((release) => release.startsWith(`${text}-IV`)),
  );
  if (level < FIRST_LEVEL) {
    throw new ToolError(
      `Unknown metadata.version '${text}'. Supported metadata.version are: ${RELEASES.join(', ')}`,
    );
  }
  return level;
}

function levelOf(release: string): number {
  return FIRST_LEVEL + RELEASES.indexOf(release);
}

/** All features but `metadata.version`, at their levels in a cluster of this release. */
export function featuresOf(metadata: number): readonly (readonly [feature: string, level: number])[] {
  return Object.entries(FEATURES).map(([feature, levels]) => [
    feature,
    Math.max(0, ...levels.filter(({ since }) => since <= metadata).map(({ level }) => level)),
  ]);
}

/** `metadata.version=30 (4.3-IV0)`, `group.version=1`. */
export function levelText(feature: string, level: number): string {
  const text = `${feature}=${level}`;
  return feature === METADATA_VERSION ? `${text} (${releaseOf(level)})` : text;
}

/** What this level of a feature needs of others, as the lines of a report. Throws ToolError for one that is unknown. */
export function dependencyText(feature: string, level: number): string {
  if (feature === METADATA_VERSION) {
    if (releaseOf(level) === undefined) throw new ToolError(`Unknown metadata.version ${level}`);
    return `${levelText(feature, level)} has no dependencies.`;
  }
  const levels = Object.hasOwn(FEATURES, feature) ? FEATURES[feature] : undefined;
  if (levels === undefined) throw new ToolError(`Unknown feature: ${feature}`);
  if (level !== 0 && !levels.some((each) => each.level === level)) {
    throw new ToolError(`No feature:${feature} with feature level ${level}`);
  }
  const needed = DEPENDENCIES[`${feature}=${level}`];
  if (needed === undefined) return `${feature}=${level} has no dependencies.`;
  const lines = needed.map(([other, least]) => `    ${levelText(other, least)}`);
  return [`${feature}=${level} requires:`, ...lines].join('\n');
}
