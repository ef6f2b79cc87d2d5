import type { FeatureUpdate } from '../../../../kafka/client/index.ts';
import { defineCommandTool, type ToolCommand, toolCommand } from '../command-tool.ts';
import { connectionOptions, controllerOption, needsBroker, withAdmin } from '../connection-options.ts';
import { ToolError } from '../errors.ts';
import { javaError, javaText } from '../java-error.ts';
import type { ToolArguments } from '../tool-options.ts';
import { featureLevels } from './feature-levels.ts';
import { levelCommands } from './level-commands.ts';
import { featuresOf, METADATA_VERSION, metadataLevel, releaseOf } from './releases.ts';

const common = { ...connectionOptions, 'bootstrap-controller': controllerOption };
const needsServer = needsBroker('You must specify either --bootstrap-controller or --bootstrap-server.');
const dryRun = { describe: 'Check whether it can be done, and do not do it.' } as const;
const unsafe = { describe: 'Do it even if metadata is lost.' } as const;
const feature = {
  describe: 'A feature and its new level. May be repeated.',
  value: { type: 'String', label: 'feature=level' },
} as const;

const NAME_WIDTH = 42;
const VERSION_WIDTH = 17;

type ChangeOption = 'metadata' | 'release-version' | 'feature' | 'unsafe' | 'dry-run';

/** Words of a change: `Could not upgrade`, `can be upgraded`. */
interface Change {
  readonly infinitive: 'upgrade' | 'downgrade' | 'disable';
  readonly participle: string;
}

const changeOptions = {
  metadata: {
    describe: '(DEPRECATED) The new level of metadata.version, as a release: 3.3-IV3',
    value: { type: 'String', label: 'release' },
  },
  'release-version': {
    describe: 'Set all features as in this release; version-mapping shows how that is.',
    value: { type: 'String', label: 'release' },
  },
  feature,
  'dry-run': dryRun,
} as const;

/** `kafka-features`: shows and changes the levels of features that the cluster has agreed on. */
export const kafkaFeatures = defineCommandTool({
  name: 'kafka-features',
  summary: 'This tool manages feature flags in Kafka.',
  options: common,
  helpExitCode: 0,
  usageError: (message) => `Command line error: ${message}. Type --help for help.`,
  commands: {
    describe: describeCommand(),
    upgrade: changeCommand(changeOptions, { infinitive: 'upgrade', participle: 'upgraded' }),
    downgrade: changeCommand(
      { ...changeOptions, unsafe },
      { infinitive: 'downgrade', participle: 'downgraded' },
    ),
    disable: changeCommand(
      {
        feature: { ...feature, describe: 'The feature. May be repeated.', value: { type: 'String' } },
        unsafe,
        'dry-run': dryRun,
      },
      { infinitive: 'disable', participle: 'disabled' },
    ),
    ...levelCommands,
  },
  async fail(error, { err }) {
    await err.line(error instanceof ToolError ? error.message : javaText(error));
    return 1;
  },
});

function describeCommand(): ToolCommand {
  return toolCommand({
    summary: 'Show the features and their levels.',
    options: {
      'node-id': { describe: 'Ask this broker; default: any.', value: { type: 'Integer', label: 'id' } },
    },
    common,
    rules: [needsServer],
    async run(args, context) {
      const nodeId = args.number('node-id');
      const { supported, finalized, finalizedEpoch } = await withAdmin(args, context, (admin) =>
        admin.describeFeatures(nodeId === undefined ? {} : { nodeId }),
      );
      for (const { name, minVersion, maxVersion } of supported.toSorted((a, b) =>
        a.name < b.name ? -1 : 1,
      )) {
        const level = finalized.find((each) => each.name === name)?.maxVersion ?? 0;
        const cells = [
          `SupportedMinVersion: ${versionText(name, minVersion).padEnd(VERSION_WIDTH)}`,
          `SupportedMaxVersion: ${versionText(name, maxVersion).padEnd(VERSION_WIDTH)}`,
          `FinalizedVersionLevel: ${versionText(name, level).padEnd(VERSION_WIDTH)}`,
          `Epoch: ${finalizedEpoch < 0 ? '-' : finalizedEpoch}`,
        ];
        await context.out.line(`Feature: ${name.padEnd(NAME_WIDTH)}${cells.join('')}`);
      }
      return 0;
    },
  });
}

function versionText(name: string, level: number): string {
  if (name !== METADATA_VERSION) return String(level);
  return releaseOf(level) ?? `UNKNOWN [${level}]`;
}

function changeCommand<Name extends ChangeOption>(
  options: Parameters<typeof toolCommand<Name>>[0]['options'],
  change: Change,
): ToolCommand {
  return toolCommand<Name, keyof typeof common>({
    summary: `${change.infinitive.slice(0, 1).toUpperCase()}${change.infinitive.slice(1)} features.`,
    options,
    common,
    rules: [needsServer],
    async run(args, context) {
      const { out, err } = context;
      const given = args as ToolArguments<ChangeOption | keyof typeof common>;
      if (given.has('metadata')) {
        await out.line(' `metadata` flag is deprecated and may be removed in a future release.');
      }
      const isValidatedOnly = given.has('dry-run');
      const updates = updatesOf(given, change);
      const answers = await withAdmin(args, context, (admin) =>
        admin.updateFeatures(updates, { isValidatedOnly }),
      );
      for (const [at, { error }] of answers.entries()) {
        const update = updates[at];
        if (update === undefined) continue;
        const done = `${update.feature} ${isValidatedOnly ? 'can be' : 'was'} ${change.participle}`;
        const refused = `${isValidatedOnly ? 'Can' : 'Could'} not ${change.infinitive} ${update.feature}`;
        const to = change.infinitive === 'disable' ? '' : ` to ${update.level}`;
        await out.line(
          error === undefined ? `${done}${to}.` : `${refused}${to}. ${javaError(error).message}`,
        );
      }
      const failures = answers.filter(({ error }) => error !== undefined).length;
      if (failures === 0) return 0;
      await err.line(`${failures} out of ${answers.length} operation(s) failed.`);
      return 1;
    },
  });
}

/** Sorted by name, as they are told. Throws ToolError when there are none, or options that exclude each other. */
function updatesOf(args: ToolArguments<ChangeOption>, { infinitive }: Change): readonly FeatureUpdate[] {
  const levels = infinitive === 'disable' ? disabled(args) : newLevels(args);
  if (levels.size === 0) throw new ToolError(`You must specify at least one feature to ${infinitive}`);
  const type =
    infinitive === 'upgrade' ? 'upgrade' : args.has('unsafe') ? 'unsafe-downgrade' : 'safe-downgrade';
  return [...levels]
    .map(([name, level]): FeatureUpdate => ({ feature: name, level, type }))
    .sort((a, b) => (a.feature < b.feature ? -1 : 1));
}

function disabled(args: ToolArguments<ChangeOption>): ReadonlyMap<string, number> {
  const names = args.texts('feature');
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new ToolError(`Feature ${twice} was specified more than once.`);
  return new Map(names.map((name) => [name, 0]));
}

function newLevels(args: ToolArguments<ChangeOption>): ReadonlyMap<string, number> {
  const release = args.text('release-version');
  if (release !== undefined) {
    if (args.has('metadata') || args.has('feature')) {
      throw new ToolError('Can not specify `release-version` with other feature flags.');
    }
    const metadata = metadataLevel(release);
    return new Map([[METADATA_VERSION, metadata], ...featuresOf(metadata)]);
  }
  const levels = new Map(featureLevels(args.texts('feature')));
  const metadata = args.text('metadata');
  if (metadata === undefined) return levels;
  if (levels.has(METADATA_VERSION)) {
    throw new ToolError(`Feature ${METADATA_VERSION} was specified more than once.`);
  }
  return levels.set(METADATA_VERSION, metadataLevel(metadata));
}
