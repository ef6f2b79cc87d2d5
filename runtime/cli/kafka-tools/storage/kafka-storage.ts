import { randomUuid } from '../../../../platform/uuid.ts';
import { defineCommandTool, toolCommand } from '../command-tool.ts';
import { levelCommands } from '../features/level-commands.ts';
import { readProperties } from '../properties-file.ts';
import { given } from '../tool.ts';
import { directoryReport, logDirectories } from './directories.ts';

/** `kafka-storage`: looks at log directories, makes ids and shows the features of releases. */
export const kafkaStorage = defineCommandTool({
  name: 'kafka-storage',
  summary: 'The Kafka storage tool.',
  options: {},
  helpExitCode: 0,
  commands: {
    info: toolCommand({
      summary: 'Get information about the Kafka log directories on this node.',
      options: {
        config: {
          describe: 'The server.properties of the node.',
          short: 'c',
          value: { type: 'String', label: 'properties file' },
          isRequired: true,
        },
      },
      async run(args, { out, platform }) {
        const properties = readProperties(given(args.text('config')), platform.files);
        const { text, hasProblems } = directoryReport(logDirectories(properties), platform.files);
        await out.line(text);
        return hasProblems ? 1 : 0;
      },
    }),
    ...levelCommands,
    'random-uuid': toolCommand({
      summary: 'Print a random UUID.',
      options: {},
      async run(_args, { out, platform }) {
        await out.line(randomUuid(platform.entropy));
        return 0;
      },
    }),
  },
});
