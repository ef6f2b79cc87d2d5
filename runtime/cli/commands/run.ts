import { diskFiles } from '../../../platform/disk-files.ts';
import { startWorkerStack, type WorkerStack } from '../../composition-root.ts';
import { ConnectorFailedError } from '../../herder/index.ts';
import {
  applyConnector,
  applyPipeline,
  type ConnectorTotals,
  type Pipeline,
  stopOthers,
  totalsOf,
} from '../../pipelines/index.ts';
import type { PluginRegistry } from '../../plugin/index.ts';
import { loadPlugins, pluginPlacesOf } from '../../plugins.ts';
import type { Worker } from '../../worker.ts';
import { brokerOptions, brokerProperties } from '../broker-options.ts';
import { brokerTls } from '../broker-security.ts';
import { type Command, ExitCode } from '../command.ts';
import { UsageError } from '../errors.ts';
import { describeOptions, type OptionValues, parseOptions } from '../options.ts';
import { type RunFiles, readRunFiles } from '../run-files.ts';
import { type RunOutcome, RunOutput } from '../run-output.ts';
import { unlessHalted, untilStopped, whileRunning } from '../running.ts';
import { workerProperties } from '../worker-properties.ts';

const options = {
  ...brokerOptions,
  'kafka-port': { ...brokerOptions['kafka-port'], describe: 'Port for Kafka clients (default: a free one).' },
  // On a terminal the log would run into the lines of progress, which tell of failures and retries.
  'log-level': {
    ...brokerOptions['log-level'],
    default: process.stderr.isTTY ? 'silent' : brokerOptions['log-level'].default,
  },
  'bootstrap-server': {
    type: 'string',
    describe: 'Use this Kafka cluster (host:port, ...) instead of a broker of our own.',
  },
  'worker-config': {
    type: 'string',
    describe:
      "A worker.properties file of Kafka Connect's: converters, config.providers, producer.* and so on, but not the cluster.",
  },
  'until-done': {
    type: 'flag',
    describe: 'Stop when all sources are read to their end and all sinks have caught up.',
  },
} as const;

/** `millrace run FILE…`: runs pipelines in one process, with a broker of its own unless another cluster is named. */
export const runCommand: Command = {
  help: `Usage: millrace run FILE... [options]

Runs pipelines (YAML) and connectors of Kafka Connect (JSON as for POST /connectors, or a connector's properties) until the process is stopped, or with --until-done until all is read and written.
Positions are kept: the next run goes on where this one ended, however it ended.

${describeOptions(options)}

Exit codes: 0 done, or stopped by Ctrl-C (SIGINT) or SIGTERM without --until-done; 1 a connector failed;
2 wrong use; 130 stopped before --until-done was done. A stop is orderly; a second Ctrl-C ends at once.`,
  async run(args) {
    const { values, rest: names } = parseOptions(options, args);
    if (names.length === 0)
      throw new UsageError('Name a file with a pipeline or a connector: millrace run FILE...');
    const places = pluginPlacesOf(names);
    const plugins = await loadPlugins({ files: diskFiles, ...places });
    const properties = workerProperties(values['worker-config'], process.env);
    const files = readRunFiles(names, { plugins, workerProperties: properties });
    return whileRunning(
      (signal) => runFiles({ files, plugins, places, values, properties, signal }),
      values['until-done'] ? ExitCode.INTERRUPTED : ExitCode.OK,
    );
  },
};

interface Run {
  readonly files: RunFiles;
  readonly plugins: PluginRegistry;
  /** Where they came from, for the worker to load its own. */
  readonly places: ReturnType<typeof pluginPlacesOf>;
  readonly values: OptionValues<typeof options>;
  /** The worker's. */
  readonly properties: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

const exitCodes: Readonly<Record<RunOutcome, number>> = {
  done: ExitCode.OK,
  stopped: ExitCode.INTERRUPTED,
  failed: ExitCode.FAILED,
};

async function runFiles(run: Run): Promise<number> {
  const { files, places, values, properties } = run;
  const bootstrapServers = values['bootstrap-server'];
  const stack = await startWorkerStack({
    kafka:
      bootstrapServers === undefined
        ? { properties: brokerProperties(values, { port: 0 }) }
        : { bootstrapServers, tls: clusterTls(properties) },
    logLevel: values['log-level'],
    plugins: places,
    storage: bootstrapServers === undefined ? undefined : `millrace-${files.name}`,
    workerProperties: properties,
    signal: run.signal,
  });
  try {
    const outcome = await follow(stack, run);
    return outcome === 'stopped' && !values['until-done'] ? ExitCode.OK : exitCodes[outcome];
  } finally {
    await stack.close();
  }
}

/** As the worker's properties say. Throws UsageError. */
function clusterTls(properties: Run['properties']): ReturnType<typeof brokerTls> {
  const problems: string[] = [];
  const tls = brokerTls(properties, (path) => diskFiles.readFile(path), problems);
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return tls;
}

async function follow(stack: WorkerStack, run: Run): Promise<RunOutcome> {
  const { files, plugins, values, signal } = run;
  const { pipelines, connectors } = files;
  const { worker, client, clientFor, platform } = stack;
  const output = new RunOutput(process.stdout, platform.clock);
  const host = { client, herder: worker.herder, plugins, clientFor };
  worker.onEvent(({ connector, task, state, error }) => {
    if (state === 'FAILED') output.failed(connector, task, worker.redact(textOf(error)));
  });
  const applied = await Promise.all(pipelines.map((pipeline) => applyPipeline(pipeline, host)));
  for (const connector of connectors) await applyConnector(worker.herder, connector);
  const names = [...applied.flat(), ...connectors.map(({ name }) => name)];
  const others = isAlone(run) ? await stopOthers(worker.herder, names) : [];
  worker.startStored();
  if (others.length > 0) output.note(`stopped connectors of earlier runs: ${others.join(', ')}`);
  output.started(stack.kafka, names);
  const own = () => {
    const reports = new Map(worker.progress().map((report) => [report.name, report]));
    return names.flatMap((name) => reports.get(name) ?? []);
  };
  output.follow(own);
  const outcome = values['until-done']
    ? await unlessHalted(untilDone(worker, names, { signal, output }), stack.halted)
    : await untilStopped(signal, stack.halted).then((): RunOutcome => 'stopped');
  if (outcome === 'stopped') output.note('stopping');
  // First, so that what was under way is counted.
  await worker.close();
  const last = own();
  const letters = pipelines.flatMap((pipeline, i) => lettersOf(pipeline, totalsOf(last), applied[i] ?? []));
  output.finished(last, outcome, letters);
  return outcome;
}

/** Whether all that is stored is of earlier runs, and not of a worker whose topics this run was given. */
function isAlone({ values, properties }: Run): boolean {
  return values['bootstrap-server'] === undefined || properties['config.storage.topic'] === undefined;
}

/** Where the records are that could not be processed. */
function lettersOf(
  { errors: { deadLetterTopic } }: Pipeline,
  totals: readonly ConnectorTotals[],
  connectors: readonly string[],
): readonly string[] {
  const own = totals.filter(({ connector }) => connectors.includes(connector));
  const letters = own.reduce((sum, { deadLettered }) => sum + deadLettered, 0);
  if (letters === 0 || deadLetterTopic === undefined) return [];
  return [`dead letters are in the topic ${deadLetterTopic}, each with its reason in its headers`];
}

async function untilDone(
  worker: Worker,
  names: readonly string[],
  { signal, output }: { readonly signal: AbortSignal; readonly output: RunOutput },
): Promise<RunOutcome> {
  try {
    await worker.whenDone(names, signal);
    return 'done';
  } catch (error) {
    if (signal.aborted) return 'stopped';
    if (!(error instanceof ConnectorFailedError)) throw error;
    output.failed(error.connector, error.task, worker.redact(textOf(error.cause)));
    return 'failed';
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
