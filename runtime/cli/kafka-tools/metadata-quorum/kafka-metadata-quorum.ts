import { defineCommandTool, toolCommand } from '../command-tool.ts';
import { connectionOptions, controllerOption, needsBroker, withAdmin } from '../connection-options.ts';
import { ToolError } from '../errors.ts';
import { javaError, javaText } from '../java-error.ts';
import { given } from '../tool.ts';
import { replicationTable, statusText } from './description.ts';

const common = { ...connectionOptions, 'bootstrap-controller': controllerOption };
const needsServer = needsBroker('one of the arguments --bootstrap-server --bootstrap-controller is required');

/** `kafka-metadata-quorum`: shows the quorum that keeps the cluster's metadata. */
export const kafkaMetadataQuorum = defineCommandTool({
  name: 'kafka-metadata-quorum',
  summary: 'This tool describes kraft metadata quorum status.',
  options: common,
  helpExitCode: 0,
  commands: {
    describe: toolCommand({
      summary: 'Describe the metadata quorum.',
      options: {
        status: { describe: 'The quorum in short.' },
        replication: { describe: 'How far each of its nodes is.' },
        'human-readable': { describe: 'With --replication: times as how long ago.' },
      },
      common,
      rules: [needsServer],
      async run(args, context) {
        const hasStatus = args.has('status');
        if (hasStatus && args.has('replication')) {
          throw new ToolError(
            'Only one of --status or --replication should be specified with describe sub-command',
          );
        }
        if (!hasStatus && !args.has('replication')) {
          throw new ToolError('One of --status or --replication must be specified with describe sub-command');
        }
        if (hasStatus && args.has('human-readable')) {
          throw new ToolError('The option --human-readable is only supported along with --replication');
        }
        await withAdmin(args, context, async (admin) => {
          const quorum = await admin.describeQuorum();
          const nowMs = context.platform.clock.now();
          const text = hasStatus
            ? statusText(quorum, (await admin.describeCluster()).clusterId)
            : replicationTable(quorum, args.has('human-readable') ? nowMs : undefined);
          await context.out.line(text);
        });
        return 0;
      },
    }),
    'remove-controller': toolCommand({
      summary: 'Remove a controller from the KRaft controller cluster.',
      options: {
        'controller-id': {
          describe: 'The controller.',
          short: 'i',
          value: { type: 'Integer', label: 'id' },
          isRequired: true,
        },
        'controller-directory-id': {
          describe: 'Its directory id.',
          short: 'd',
          value: { type: 'String', label: 'directory id' },
          isRequired: true,
        },
        'dry-run': { describe: 'Say what would be done, and do not do it.' },
      },
      common,
      rules: [needsServer],
      async run(args, context) {
        const nodeId = given(args.number('controller-id'));
        const directoryId = given(args.text('controller-directory-id'));
        if (nodeId < 0) throw new ToolError(`Invalid negative --controller-id: ${nodeId}`);
        if (!/^[\w-]{22}$/.test(directoryId)) {
          throw new ToolError(
            `Failed to parse --controller-directory-id: ${directoryId} is not a directory id`,
          );
        }
        const isDryRun = args.has('dry-run');
        if (!isDryRun) await withAdmin(args, context, (admin) => admin.removeVoter({ nodeId, directoryId }));
        const done = isDryRun ? 'DRY RUN of removing ' : 'Removed ';
        await context.out.line(`${done} KRaft controller ${nodeId} with directory id ${directoryId}`);
        return 0;
      },
    }),
  },
  async fail(error, { err }) {
    const { className, message } = javaError(error);
    await err.line(
      error instanceof ToolError
        ? message
        : `${className}: ${message}\njava.util.concurrent.ExecutionException: ${javaText(error)}\n`,
    );
    return 1;
  },
});
