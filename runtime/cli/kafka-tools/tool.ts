import type { Writable } from 'node:stream';
import { ClientClosedError } from '../../../kafka/client/index.ts';
import type { Platform } from '../../../platform/platform.ts';
import { packageVersion } from '../version.ts';
import { ToolError, ToolUsageError, ToolValueError } from './errors.ts';
import { javaError, javaText } from './java-error.ts';
import { toolLogger } from './tool-logger.ts';
import { parseToolArguments, type ToolArguments, type ToolOptions } from './tool-options.ts';
import { ToolOutput } from './tool-output.ts';
import type { ToolRule } from './tool-rules.ts';
import { usageTable } from './tool-usage.ts';

/** The exit code of a tool that was asked to stop before it was done. */
export const INTERRUPTED = 130;

/** What a tool reads, writes and runs on. */
export interface ToolIo {
  /** Asked for only by tools that read it. `isTTY`: a person types. */
  readonly stdin: AsyncIterable<Uint8Array> & { readonly isTTY?: boolean };
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly platform: Platform;
  /** Aborted when the process is asked to stop. */
  readonly signal: AbortSignal;
}

/** What a running tool works with. */
export interface ToolContext {
  readonly platform: Platform;
  readonly stdin: ToolIo['stdin'];
  readonly signal: AbortSignal;
  readonly out: ToolOutput;
  readonly err: ToolOutput;
}

/** One of Kafka's command line tools, as data: its options, what goes together, and what it does. */
export interface ToolDefinition<Name extends string> {
  /** `kafka-topics` */
  readonly name: string;
  readonly summary: string;
  readonly options: ToolOptions<Name>;
  /** In the order in which they are checked, after the options that are required. */
  readonly rules?: readonly ToolRule<Name>[];
  /** Resolves with the exit code. */
  run(args: ToolArguments<Name>, context: ToolContext): Promise<number>;
  /**
   * Tells of an error as Kafka's tool does and returns the exit code. Not called for usage errors with a table.
   * Default: one line on stderr and 1.
   */
  fail?(error: Error, context: ToolContext, args: readonly string[]): Promise<number>;
}

/** Runs a tool with the arguments behind its name; resolves with its exit code. Never rejects on bad input. */
export type Tool = (args: readonly string[], io: ToolIo) => Promise<number>;

/** Adds what all tools have in common: `--help`, `--version`, `--zookeeper`, checks and the form of usage errors. */
export function defineTool<Name extends string>(definition: ToolDefinition<Name>): Tool {
  const options: ToolOptions<Name | 'help' | 'version'> = { ...definition.options, ...standardOptions };
  return async (args, io) => {
    const context = contextOf(io);
    try {
      const rewritten = withoutZookeeper(args);
      if (rewritten !== undefined) return await explainZookeeper(definition.name, rewritten, context);
      if (args.length === 0) return await showUsage(definition.summary, options, context);
      const given = parseToolArguments(options, args);
      if (given.has('help')) return await showUsage(definition.summary, options, context);
      if (given.has('version')) return await showVersion(context);
      checkArguments(definition.options, definition.rules ?? [], given);
      return await definition.run(given, context);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (context.signal.aborted && error instanceof ClientClosedError) return INTERRUPTED;
      if (error instanceof ToolUsageError && error.hasTable)
        return showUsage(error.message, options, context);
      return definition.fail === undefined
        ? tellError(error, context)
        : definition.fail(error, context, args);
    }
  };
}

/** Options that every tool has. */
export const standardOptions = {
  help: { describe: 'Print this text.', short: 'h' },
  version: { describe: 'Print the version of Millrace.' },
} as const;

/** What a tool works with, from the streams of its process. */
export function contextOf(io: ToolIo): ToolContext {
  const [out, err] = [new ToolOutput(io.stdout), new ToolOutput(io.stderr)];
  return {
    platform: { ...io.platform, logger: toolLogger(err, io.platform.clock) },
    // Opened by asking for it.
    get stdin() {
      return io.stdin;
    },
    signal: io.signal,
    out,
    err,
  };
}

/** Throws ToolUsageError for an option that is missing, and for the first rule that is broken. */
export function checkArguments(
  options: ToolOptions,
  rules: readonly ToolRule[],
  args: ToolArguments,
  missing: (name: string) => string = (name) => `Missing required argument "[${name}]"`,
): void {
  for (const [name, { isRequired }] of Object.entries(options)) {
    if (isRequired === true && !args.has(name)) throw new ToolUsageError(missing(name));
  }
  for (const rule of rules) {
    const problem = rule(args);
    if (problem !== undefined) throw new ToolUsageError(problem);
  }
}

/** `--version`. */
export async function showVersion({ out, platform }: ToolContext): Promise<number> {
  await out.line(packageVersion(platform.files));
  return 0;
}

/** One line on stderr: what is wrong with the command line, or the class and message of the error. */
export async function tellError(error: Error, { err }: ToolContext): Promise<number> {
  await err.line(error instanceof ToolUsageError ? error.message : javaText(error));
  return 1;
}

/** The message on stderr, then class and message: where Kafka's tool adds a stack trace. */
export async function tellTwice(error: Error, { err }: ToolContext): Promise<number> {
  const isUsage = error instanceof ToolUsageError && !(error instanceof ToolValueError);
  const text = isUsage ? '' : `\n${javaText(error)}\n`;
  await err.line(`${javaError(error).message}${text}`);
  return 1;
}

async function showUsage(headline: string, options: ToolOptions, { err }: ToolContext): Promise<number> {
  await err.line(`${headline}\n${usageTable(options)}`);
  return 1;
}

/** The same command line for a Kafka without ZooKeeper; undefined when it does not name one. */
function withoutZookeeper(args: readonly string[]): readonly string[] | undefined {
  const at = args.findIndex((argument) => argument === '--zookeeper' || argument.startsWith('--zookeeper='));
  if (at < 0) return undefined;
  const isInline = args[at]?.includes('=') ?? false;
  const rest = [...args.slice(0, at), ...args.slice(at + (isInline ? 1 : 2))];
  const hasServer = rest.some((argument) => /^--bootstrap-server(=|$)/.test(argument));
  return hasServer ? rest : ['--bootstrap-server', 'localhost:9092', ...rest];
}

async function explainZookeeper(
  name: string,
  args: readonly string[],
  { err }: ToolContext,
): Promise<number> {
  await err.line(
    `--zookeeper is gone since Kafka 4.0: the tools talk to the brokers. Try:\n  ${[name, ...args].map(shellWord).join(' ')}`,
  );
  return 1;
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Fails unless `--bootstrap-server` was given, in the words of the tool. */
export function needsServer(message: string): ToolRule {
  return (args) => {
    if (!args.has('bootstrap-server')) throw new ToolUsageError(message, { hasTable: false });
    return undefined;
  };
}

/** The value of an option that a rule has made sure of. */
export function given<T>(value: T | undefined): T {
  if (value === undefined) throw new ToolError('an option that is needed has no value');
  return value;
}
