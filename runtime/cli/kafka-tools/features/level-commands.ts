import { type ToolCommand, toolCommand } from '../command-tool.ts';
import { featureLevels } from './feature-levels.ts';
import {
  dependencyText,
  featuresOf,
  LATEST_RELEASE,
  levelText,
  METADATA_VERSION,
  metadataLevel,
} from './releases.ts';

/** `version-mapping` and `feature-dependencies`, which ask no broker: `kafka-features` and `kafka-storage` have them. */
export const levelCommands: Readonly<Record<string, ToolCommand>> = {
  'version-mapping': toolCommand({
    summary: 'Show the features of a release of Kafka.',
    options: {
      'release-version': {
        describe: 'The release, from 3.3-IV3 on.',
        short: 'r',
        value: { type: 'String', label: 'release', default: LATEST_RELEASE },
      },
    },
    async run(args, { out }) {
      const release = args.text('release-version') ?? LATEST_RELEASE;
      const metadata = metadataLevel(release);
      const others = featuresOf(metadata).map(([feature, level]) => levelText(feature, level));
      await out.line([`${METADATA_VERSION}=${metadata} (${release})`, ...others].join('\n'));
      return 0;
    },
  }),
  'feature-dependencies': toolCommand({
    summary: 'Show what a level of a feature needs of others.',
    options: {
      feature: {
        describe: 'The feature. May be repeated.',
        short: 'f',
        value: { type: 'String', label: 'feature=level' },
        isRequired: true,
      },
    },
    async run(args, { out }) {
      for (const [feature, level] of featureLevels(args.texts('feature'))) {
        await out.line(dependencyText(feature, level));
      }
      return 0;
    },
  }),
};
