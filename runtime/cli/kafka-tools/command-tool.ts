import { ToolUsageError } from './errors.ts';
import {
  checkArguments,
  contextOf,
  showVersion,
  standardOptions,
  type Tool,
  type ToolContext,
  tellError,
} from './tool.ts';
import {
  countOptionArguments,
  parseToolArguments,
  type ToolArguments,
  type ToolOptions,
} from './tool-options.ts';
import type { ToolRule } from './tool-rules.ts';
import { usageTable } from './tool-usage.ts';

/** One command of a tool, as data; `run` sees the tool's own options, too. Make it with {@link toolCommand}. */
export interface ToolCommand {
  readonly summary: string;
  readonly options: ToolOptions;
  readonly rules: readonly ToolRule[];
  run(args: ToolArguments, context: ToolContext): Promise<number>;
}

/** A tool whose first word behind its own options says what it does: `kafka-features --bootstrap-server ... describe`. */
export interface CommandToolDefinition {
  readonly name: string;
  readonly summary: string;
  /** Given before the command or behind it. */
  readonly options: ToolOptions;
  readonly commands: Readonly<Record<string, ToolCommand>>;
  /** What the shell is told after `--help`: Kafka's tools are not of one mind. */
  readonly helpExitCode: 0 | 1;
  /** Default: the usage in a line, and what is wrong in another. */
  usageError?(message: string): string;
  /** Default: one line on stderr and 1. */
  fail?(error: Error, context: ToolContext): Promise<number>;
}

/** A command with the names of its options checked: `common` are those of its tool that it reads. */
export function toolCommand<Name extends string, Common extends string = never>(command: {
  readonly summary: string;
  readonly options: ToolOptions<Name>;
  readonly common?: ToolOptions<Common>;
  readonly rules?: readonly ToolRule<Name | Common>[];
  run(args: ToolArguments<Name | Common>, context: ToolContext): Promise<number>;
}): ToolCommand {
  const { summary, options, common, rules = [] } = command;
  return {
    summary,
    options: { ...options, ...common },
    rules,
    run: (args, context) => command.run(args, context),
  };
}

/** Adds `--help`, `--version`, the choice of the command, checks, and the form of usage errors. */
export function defineCommandTool(definition: CommandToolDefinition): Tool {
  const { name, commands } = definition;
  const common: ToolOptions = { ...definition.options, ...standardOptions };
  return async (args, io) => {
    const context = contextOf(io);
    let usage = toolUsage(definition);
    try {
      const before = countOptionArguments(common, args);
      const command = args[before];
      if (command === undefined) {
        const given = parseToolArguments(common, args);
        if (given.has('help'))
          return await showHelp(definition, `${usage}\n\n${commandList(definition)}`, common, context);
        if (given.has('version')) return await showVersion(context);
        throw new ToolUsageError('too few arguments');
      }
      const chosen = Object.hasOwn(commands, command) ? commands[command] : undefined;
      if (chosen === undefined) {
        const choices = Object.keys(commands).map((each) => `'${each}'`);
        throw new ToolUsageError(`invalid choice: '${command}' (choose from ${choices.join(', ')})`);
      }
      usage = `usage: ${name} ${command} ${optionList(chosen.options)}`.trimEnd();
      const options = { ...common, ...chosen.options };
      const given = parseToolArguments(options, [...args.slice(0, before), ...args.slice(before + 1)]);
      if (given.has('help'))
        return await showHelp(definition, `${usage}\n\n${chosen.summary}`, options, context);
      checkArguments(options, chosen.rules, given, (each) => `argument --${each} is required`);
      return await chosen.run(given, context);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (error instanceof ToolUsageError) {
        const text = definition.usageError?.(error.message) ?? `${usage}\n${name}: error: ${error.message}`;
        await context.err.line(text);
        return 1;
      }
      return definition.fail === undefined ? tellError(error, context) : definition.fail(error, context);
    }
  };
}

async function showHelp(
  { helpExitCode }: CommandToolDefinition,
  headline: string,
  options: ToolOptions,
  { out }: ToolContext,
): Promise<number> {
  await out.line(`${headline}\n\n${usageTable(options)}`);
  return helpExitCode;
}

function toolUsage({ name, options, commands }: CommandToolDefinition): string {
  const choices = `{${Object.keys(commands).join(',')}}`;
  return `usage: ${[name, optionList(options), choices].filter((part) => part !== '').join(' ')} ...`;
}

function commandList({ summary, commands }: CommandToolDefinition): string {
  const width = Math.max(...Object.keys(commands).map((each) => each.length));
  const lines = Object.entries(commands).map(
    ([each, command]) => `  ${each.padEnd(width)}  ${command.summary}`,
  );
  return [summary, '', ...lines].join('\n');
}

function optionList(options: ToolOptions): string {
  return Object.entries(options)
    .map(([name, { value, isRequired }]) => {
      const text = value === undefined ? `--${name}` : `--${name} ${value.label ?? value.type}`;
      return isRequired === true ? text : `[${text}]`;
    })
    .join(' ');
}
