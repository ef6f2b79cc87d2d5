import type { PluginRegistry } from '../plugin/index.ts';
import { PipelineError } from './errors.ts';
import type { Environment } from './interpolation.ts';
import type { Pipeline } from './pipeline.ts';
import { PipelineDocument } from './pipeline-document.ts';
import { PipelineReader, type SchemaFileReader } from './pipeline-reader.ts';
import type { PipelineProblem } from './problem.ts';

/** A pipeline file and what it is checked against. */
export interface PipelineSource {
  readonly text: string;
  /** Name of the file, for messages. */
  readonly file: string;
  readonly environment: Environment;
  readonly plugins: PluginRegistry;
  readonly readSchemaFile: SchemaFileReader;
}

/** Everything that is wrong with a pipeline file, in the order of the file. Empty: it can be run. */
export function lintPipeline(source: PipelineSource): readonly PipelineProblem[] {
  return check(source).problems;
}

/** The pipeline in a file. Throws {@link PipelineError} with every problem. */
export function readPipeline(source: PipelineSource): Pipeline {
  const { pipeline, problems } = check(source);
  if (pipeline === undefined || problems.length > 0) throw new PipelineError(problems);
  return pipeline;
}

function check({ text, file, environment, plugins, readSchemaFile }: PipelineSource) {
  const document = new PipelineDocument(text, file, environment);
  if (document.isBroken) return { pipeline: undefined, problems: inOrder(document.problems) };
  const reader = new PipelineReader(document, plugins, readSchemaFile);
  const pipeline = reader.read(document.toValue());
  // A reference that stands for nothing is no number either: its consequences are no news.
  const places = new Set(document.problems.map(placeOf));
  const others = reader.problems.filter((problem) => !places.has(placeOf(problem)));
  return { pipeline, problems: inOrder([...document.problems, ...others]) };
}

function inOrder(problems: readonly PipelineProblem[]): readonly PipelineProblem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

function placeOf({ line, column }: PipelineProblem): string {
  return `${line}:${column}`;
}
