import type { Argv } from 'yargs';

/** `millrace lint FILE…`: everything that is wrong with pipeline files, with its position. */
export function lintCommand(parser: Argv): void {
  parser.command(
    'lint <file..>',
    'Check pipeline files',
    (argv) => argv.positional('file', { type: 'string', array: true, demandOption: true, describe: 'Pipeline files.' }),
    async ({ file: names }) => {
      const [{ diskFiles }, { loadPlugins, pluginPlacesOf }, { formatProblem, lintPipeline }, { pipelineSource }] =
        await Promise.all([
          import('../../../platform/disk-files.ts'),
          import('../../plugins.ts'),
          import('../../pipelines/index.ts'),
          import('../pipeline-files.ts'),
        ]);
      const plugins = await loadPlugins({ files: diskFiles, ...pluginPlacesOf(names) });
      const problems = names.flatMap((name) => lintPipeline(pipelineSource(name, diskFiles, plugins)));
      for (const problem of problems) console.log(formatProblem(problem));
      if (problems.length > 0) process.exitCode = 1;
    },
  );
}
