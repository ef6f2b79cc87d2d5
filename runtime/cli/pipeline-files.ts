import { dirname, isAbsolute, join } from 'node:path';
import type { Files } from '../../platform/files.ts';
import type { PipelineSource } from '../pipelines/index.ts';
import type { PluginRegistry } from '../plugin/index.ts';
import { UsageError } from './errors.ts';

/** Reads a pipeline file. Throws {@link UsageError} with what to do when it cannot be read. */
export function pipelineSource(file: string, files: Files, plugins: PluginRegistry): PipelineSource {
  return {
    text: readText(file, files),
    file,
    environment: process.env,
    plugins,
    readSchemaFile: (path) =>
      files.readFile(isAbsolute(path) ? path : join(dirname(file), path)).toString('utf8'),
  };
}

/** Text of a file. Throws {@link UsageError} with what to do when it cannot be read. */
export function readText(file: string, files: Files): string {
  const stat = files.stat(file);
  if (stat === undefined)
    throw new UsageError(
      `${file}: there is no such file. Name a pipeline file (YAML), or a connector's (JSON).`,
    );
  if (stat.isDirectory) throw new UsageError(`${file}: this is a folder. Name a pipeline file in it.`);
  return files.readFile(file).toString('utf8');
}
