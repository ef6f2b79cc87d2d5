import { diskFiles } from '../../../platform/disk-files.ts';
import { startWorkerStack, type WorkerStack } from '../../composition-root.ts';
import { ConnectorFailedError } from '../../herder/index.ts';
import { applyPipeline, type Pipeline, readPipeline, stopOthers } from '../../pipelines/index.ts';
import { loadPlugins, pluginPlacesOf } from '../../plugins.ts';
import { brokerOptions, brokerProperties } from '../broker-options.ts';
import { type Command, ExitCode } from '../command.ts';
import { UsageError } from '../errors.ts';
import { describeOptions, type OptionValues, parseOptions } from '../options.ts';
import { pipelineSource } from '../pipeline-files.ts';
import { RunOutput } from '../run-output.ts';
import { untilAborted, whileRunning } from '../running.ts';

const options = {
  ...brokerOptions,
  'kafka-port': { ...brokerOptions['kafka-port'], default: 0 },
  'bootstrap-server': {
    type: 'string',
    describe: 'Use this Kafka cluster (host:port, ...) instead of a broker of our own.',
  },
  'until-done': {
    type: 'flag',
    describe: 'Stop when all sources are read to their end and all sinks have caught up.',
  },
} as const;

/** `millrace run FILE…`: runs pipelines in one process, with a broker of its own unless another cluster is named. */
export const runCommand: Command = {
  help: `Usage: millrace run FILE... [options]\n\nRuns pipelines until they are done or the process is stopped.\n\n${describeOptions(options)}`,
  async run(args) {
    const { values, rest: names } = parseOptions(options, args);
    if (names.length === 0) throw new UsageError('Name a pipeline file: millrace run FILE...');
    const pipelines = await readPipelines(names);
    return whileRunning((signal) => runPipelines(pipelines, { values, names, signal }));
  },
};

interface Run {
  readonly values: OptionValues<typeof options>;
  /** The files, which plugins may lie beside. */
  readonly names: readonly string[];
  readonly signal: AbortSignal;
}

async function runPipelines(pipelines: readonly Pipeline[], { values, names, signal }: Run): Promise<number> {
  const bootstrapServers = values['bootstrap-server'];
  const stack = await startWorkerStack({
    kafka: bootstrapServers === undefined ? { properties: brokerProperties(values) } : { bootstrapServers },
    logLevel: values['log-level'],
    plugins: pluginPlacesOf(names),
    storage:
      bootstrapServers === undefined ? undefined : `millrace-${pipelines.map(({ name }) => name).join('-')}`,
  });
  try {
    return await follow(stack, pipelines, {
      isBounded: values['until-done'],
      ownsKafka: bootstrapServers === undefined,
      signal,
    });
  } finally {
    await stack.close();
  }
}

async function readPipelines(names: readonly string[]): Promise<readonly Pipeline[]> {
  const plugins = await loadPlugins({ files: diskFiles, ...pluginPlacesOf(names) });
  const pipelines = names.map((name) => readPipeline(pipelineSource(name, diskFiles, plugins)));
  const twice = pipelines.find(({ name }, i) => pipelines.findIndex((other) => other.name === name) !== i);
  if (twice !== undefined)
    throw new UsageError(`Two of the files are named ${twice.name}: give each its own name.`);
  return pipelines;
}

async function follow(
  stack: WorkerStack,
  pipelines: readonly Pipeline[],
  {
    isBounded,
    ownsKafka,
    signal,
  }: { readonly isBounded: boolean; readonly ownsKafka: boolean; readonly signal: AbortSignal },
): Promise<number> {
  const { worker, client, platform } = stack;
  const output = new RunOutput(process.stdout, platform.clock);
  const host = { client, herder: worker.herder, registry: () => stack.clientFor({ urls: [], headers: {} }) };
  worker.onEvent(({ connector, task, state, error }) => {
    if (state === 'FAILED')
      output.failed(connector, task, error instanceof Error ? error.message : String(error));
  });
  const names = (await Promise.all(pipelines.map((pipeline) => applyPipeline(pipeline, host)))).flat();
  const others = ownsKafka ? await stopOthers(worker.herder, names) : [];
  if (others.length > 0) output.note(`stopped connectors of other pipelines: ${others.join(', ')}`);
  output.started(stack.kafka, names);
  const own = () => worker.progress().filter(({ name }) => names.includes(name));
  output.follow(own);
  const code = isBounded
    ? await untilDone(stack, names, signal)
    : await untilAborted(signal).then(() => ExitCode.OK);
  output.finished(own());
  return code;
}

async function untilDone(
  { worker }: WorkerStack,
  names: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  try {
    await worker.whenDone(names, signal);
    return ExitCode.OK;
  } catch (error) {
    if (error instanceof ConnectorFailedError || signal.aborted) return ExitCode.FAILED;
    throw error;
  }
}
