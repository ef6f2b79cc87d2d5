import type { Admin } from '../../../kafka/client/index.ts';
import { type Properties, readProperties } from './properties-file.ts';
import { given, type ToolContext } from './tool.ts';
import { type Connection, withClient } from './tool-client.ts';
import type { ToolArguments } from './tool-options.ts';
import type { ToolRule } from './tool-rules.ts';

/** Where to connect, for tools with messages of their own when it is missing. */
export const serverOption = {
  describe: 'REQUIRED: The brokers to connect to; any one of them is enough.',
  value: { type: 'String', label: 'host:port,...' },
} as const;

const configOption = {
  describe: 'A properties file with settings of the client.',
  value: { type: 'String', label: 'properties file' },
} as const;

/** The options with which an administrative tool connects. */
export const connectionOptions = {
  'bootstrap-server': serverOption,
  'command-config': configOption,
} as const;

/** The same, for tools that refuse a command line without a server in the common words. */
export const requiredConnection = {
  'bootstrap-server': { ...serverOption, isRequired: true },
  'command-config': configOption,
} as const;

const NO_CONTROLLERS = '--bootstrap-controller is not supported: name a broker with --bootstrap-server';

/** For tools that Kafka lets talk to controllers, too: ours talk to brokers, which pass it on. */
export const controllerOption = {
  describe: 'Not supported: name a broker with --bootstrap-server.',
  value: { type: 'String', label: 'host:port,...' },
} as const;

/** Refuses `--bootstrap-controller`, and a command line without any server, which is told in the tool's own words. */
export function needsBroker(message: string): ToolRule {
  return (args) => {
    if (args.has('bootstrap-controller')) return NO_CONTROLLERS;
    return args.has('bootstrap-server') ? undefined : message;
  };
}

/** Runs `work` with an admin client and closes it afterwards. Throws ToolError, and whatever `work` throws. */
export function withAdmin<T>(
  args: ToolArguments<keyof typeof connectionOptions>,
  context: ToolContext,
  work: (admin: Admin) => Promise<T>,
  configFile: string | undefined = args.text('command-config'),
): Promise<T> {
  return withClient(context, adminConnection(args, context, configFile), (client) => work(client.admin()));
}

/** What {@link connectionOptions} say. Throws ToolError when the file cannot be read. */
export function adminConnection(
  args: ToolArguments<keyof typeof connectionOptions>,
  { platform }: ToolContext,
  configFile: string | undefined = args.text('command-config'),
): Connection {
  const properties: Properties =
    configFile === undefined ? new Map() : readProperties(configFile, platform.files);
  const servers = given(args.text('bootstrap-server'));
  return { servers, properties, clientId: 'adminclient', endsOnInterrupt: true };
}
