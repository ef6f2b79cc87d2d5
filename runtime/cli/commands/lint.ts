import { diskFiles } from '../../../platform/disk-files.ts';
import { formatProblem } from '../../pipelines/index.ts';
import { loadPlugins, pluginPlacesOf } from '../../plugins.ts';
import { type Command, ExitCode } from '../command.ts';
import { UsageError } from '../errors.ts';
import { parseOptions } from '../options.ts';
import { lintFiles } from '../run-files.ts';

/** `millrace lint FILE…`: everything that is wrong with files of pipelines and connectors, with its position. */
export const lintCommand: Command = {
  help: 'Usage: millrace lint FILE...\n\nPrints every problem of files of pipelines (YAML) and of connectors (JSON, properties) as file:line:column, and exits with 1 if there is one.',
  async run(args) {
    const { rest: names } = parseOptions({}, args);
    if (names.length === 0) throw new UsageError('Name a pipeline file: millrace lint FILE...');
    const plugins = await loadPlugins({ files: diskFiles, ...pluginPlacesOf(names) });
    const context = { plugins, workerProperties: {} };
    const isGood = lintFiles(names, context, (problem) => console.log(formatProblem(problem)));
    return isGood ? ExitCode.OK : ExitCode.FAILED;
  },
};
