import type { Files } from '../../../platform/files.ts';
import { connectionOptions, serverOption } from './connection-options.ts';
import { keyValues, type Properties, readProperties } from './properties-file.ts';
import type { ToolArguments } from './tool-options.ts';
import type { ToolOutput } from './tool-output.ts';

/** The options with which a tool that writes or reads records connects and sets up its client. */
export const clientOptions = {
  'bootstrap-server': { ...serverOption, isRequired: true },
  'command-config': {
    ...connectionOptions['command-config'],
    describe: 'A properties file with settings of the client; --command-property goes before it.',
  },
  'command-property': {
    describe: 'A setting of the client. May be repeated.',
    value: { type: 'String', label: 'name=value' },
  },
} as const;

/** An option of an older Kafka that has a new name by now. */
export function replacedBy<Name extends string>(name: Name, label: 'name=value' | 'properties file') {
  return { describe: `(DEPRECATED) As --${name}.`, value: { type: 'String', label } } as const;
}

/** What the options of {@link clientOptions} set and their older names; a later source goes before an earlier one. */
export function clientSources<Name extends string>(
  args: ToolArguments<Name>,
  { files, properties }: { readonly files: readonly Name[]; readonly properties: readonly Name[] },
  disk: Files,
): readonly Properties[] {
  const read = files.flatMap((option) => {
    const path = args.text(option);
    return path === undefined ? [] : [readProperties(path, disk)];
  });
  return [...read, ...properties.map((option) => keyValues(args.texts(option)))];
}

/** Says which options have new names, in the words of the tool. */
export async function warnOfOldNames<Name extends string>(
  args: ToolArguments<Name>,
  newNames: Readonly<Partial<Record<Name, string>>>,
  warning: (old: string, name: string) => string,
  out: ToolOutput,
): Promise<void> {
  for (const [old, name] of Object.entries<string | undefined>(newNames)) {
    if (name !== undefined && args.has(old)) await out.line(warning(old, name));
  }
}
