import { type Properties, readProperties } from './properties-file.ts';
import { given, type ToolContext } from './tool.ts';
import type { Connection } from './tool-client.ts';
import type { ToolArguments } from './tool-options.ts';

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

/** What {@link connectionOptions} say. Throws ToolError when the file cannot be read. */
export function adminConnection(
  args: ToolArguments<keyof typeof connectionOptions>,
  { platform }: ToolContext,
): Connection {
  const file = args.text('command-config');
  const properties: Properties = file === undefined ? new Map() : readProperties(file, platform.files);
  return { servers: given(args.text('bootstrap-server')), properties, clientId: 'adminclient' };
}
