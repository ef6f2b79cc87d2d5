import { createHash } from 'node:crypto';
import { diskFiles } from '../../platform/disk-files.ts';
import { workerSettings } from '../config/index.ts';
import {
  compilePipeline,
  connectorProblems,
  type FileConnector,
  isConnectorFile,
  lintPipeline,
  type Pipeline,
  PipelineError,
  type PipelineProblem,
  readConnectorFile,
  readPipeline,
} from '../pipelines/index.ts';
import type { PluginRegistry } from '../plugin/index.ts';
import { UsageError } from './errors.ts';
import { pipelineSource, readText } from './pipeline-files.ts';

/** Longest first part of the names of topics; they may have 249 characters. */
const NAME_LENGTH_MAX = 150;

/** What the files of a command line are checked against. */
export interface FileContext {
  readonly plugins: PluginRegistry;
  /** Kafka Connect's worker properties. */
  readonly workerProperties: Readonly<Record<string, string>>;
}

/** What is in the files of a `run`. */
export interface RunFiles {
  readonly pipelines: readonly Pipeline[];
  readonly connectors: readonly FileConnector[];
  /** Tells one set of pipelines and connectors from another, and can be part of a topic's name. */
  readonly name: string;
}

/** Reads pipelines and Kafka Connect's connectors. Throws UsageError, and PipelineError, with every problem of every file. */
export function readRunFiles(names: readonly string[], context: FileContext): RunFiles {
  const pipelines: Pipeline[] = [];
  const connectors: FileConnector[] = [];
  readEach(names, (name) => {
    if (isConnectorFile(name, readText(name, diskFiles))) connectors.push(...connectorsOf(name, context));
    else pipelines.push(readPipeline(pipelineSource(name, diskFiles, context.plugins)));
  });
  requireDistinct(pipelines, connectors);
  return { pipelines, connectors, name: nameOf([...pipelines, ...connectors].map(({ name }) => name)) };
}

/** The connectors in files, whatever their names are. Throws as {@link readRunFiles}. */
export function readConnectors(names: readonly string[], context: FileContext): readonly FileConnector[] {
  const connectors: FileConnector[] = [];
  readEach(names, (name) => void connectors.push(...connectorsOf(name, context)));
  return connectors;
}

/** Tells every problem of the files in order; true when there is none. Throws UsageError when one could not be read. */
export function lintFiles(
  names: readonly string[],
  context: FileContext,
  tell: (problem: PipelineProblem) => void,
): boolean {
  let isGood = true;
  const unusable: UsageError[] = [];
  for (const name of names) {
    try {
      for (const problem of lintFile(name, context)) {
        isGood = false;
        tell(problem);
      }
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      unusable.push(error);
    }
  }
  if (unusable.length > 0) throw new UsageError(unusable.map(({ message }) => message).join('\n'));
  return isGood;
}

/** Calls `read` for each file, and throws what it has thrown for all of them together. */
function readEach(names: readonly string[], read: (name: string) => void): void {
  const problems: PipelineProblem[] = [];
  const unusable: UsageError[] = [];
  for (const name of names) {
    try {
      read(name);
    } catch (error) {
      if (error instanceof PipelineError) problems.push(...error.problems);
      else if (error instanceof UsageError) unusable.push(error);
      else throw error;
    }
  }
  const invalid = problems.length === 0 ? [] : [new PipelineError(problems)];
  if (unusable.length > 0)
    throw new UsageError([...invalid, ...unusable].map(({ message }) => message).join('\n'));
  for (const error of invalid) throw error;
}

function connectorsOf(file: string, context: FileContext): readonly FileConnector[] {
  const connectors = readConnectorFile(file, readText(file, diskFiles));
  const worker = workerSettings(context.workerProperties);
  const problems = connectors.flatMap((each) =>
    connectorProblems(each, { plugins: context.plugins, worker }),
  );
  if (problems.length > 0) throw new PipelineError(problems);
  return connectors;
}

/** Everything that is wrong with a file, in its order. Throws UsageError when it cannot be read. */
function lintFile(file: string, context: FileContext): readonly PipelineProblem[] {
  if (!isConnectorFile(file, readText(file, diskFiles)))
    return lintPipeline(pipelineSource(file, diskFiles, context.plugins));
  try {
    connectorsOf(file, context);
    return [];
  } catch (error) {
    if (error instanceof PipelineError) return error.problems;
    throw error;
  }
}

function requireDistinct(pipelines: readonly Pipeline[], connectors: readonly FileConnector[]): void {
  const twice = repeated(pipelines.map(({ name }) => name));
  if (twice !== undefined)
    throw new UsageError(`Two of the files are named ${twice}: give each its own name.`);
  const names = [...pipelines.flatMap(compilePipeline), ...connectors].map(({ name }) => name);
  const connector = repeated(names);
  if (connector !== undefined)
    throw new UsageError(`Two connectors are named ${connector}: give each its own name.`);
}

function repeated(names: readonly string[]): string | undefined {
  return names.find((name, i) => names.indexOf(name) !== i);
}

function nameOf(names: readonly string[]): string {
  const whole = names.join('-');
  if (whole.length <= NAME_LENGTH_MAX && /^[A-Za-z0-9._-]*$/.test(whole)) return whole;
  return createHash('sha256').update(JSON.stringify(names)).digest('hex').slice(0, 32);
}
