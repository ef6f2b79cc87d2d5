import type { Admin, ConfigChange } from '../../../../kafka/client/index.ts';
import { ToolError } from '../errors.ts';
import { type Properties, parseProperties, readText } from '../properties-file.ts';
import { given, type ToolContext } from '../tool.ts';
import type { ToolArguments } from '../tool-options.ts';
import type { Entity } from './entity.ts';
import type { ConfigOption } from './options.ts';

type Operation = ConfigChange['operations'][number];

/** `--alter`. Throws KafkaError for what the broker refuses. */
export async function alterConfigs(
  entity: Entity & { readonly name: string },
  operations: readonly Operation[],
  admin: Admin,
  { out }: ToolContext,
): Promise<void> {
  const change = { type: entity.resourceType, name: entity.name, operations };
  const [altered] = await admin.incrementalAlterConfigs([change]);
  const { error } = given(altered);
  if (error !== undefined) throw error;
  await out.line(
    entity.name === ''
      ? `Completed updating default config for ${entity.typeName} in the cluster.`
      : `Completed updating config for ${entity.singular} ${entity.name}.`,
  );
}

/** What `--add-config`, `--add-config-file` and `--delete-config` ask for. Throws ToolError. */
export function operationsOf(
  args: ToolArguments<ConfigOption>,
  { platform }: ToolContext,
): readonly Operation[] {
  const file = args.text('add-config-file');
  const added: Properties =
    file === undefined
      ? configPairs(args.text('add-config') ?? '')
      : parseProperties(readText(file, platform.files));
  const deleted = (args.text('delete-config') ?? '').split(',').map((name) => name.trim());
  const operations: Operation[] = [
    ...[...added].map(([name, value]): Operation => ({ name, operation: 'set', value })),
    ...deleted.filter((name) => name !== '').map((name): Operation => ({ name, operation: 'delete' })),
  ];
  const twice = operations.find(
    ({ name }, at) => operations.findIndex((other) => other.name === name) !== at,
  );
  if (twice !== undefined) throw new ToolError(`The config ${twice.name} is to be set and deleted`);
  return operations;
}

/** `k1=v1,k2=[v2,v3]`: commas within brackets do not separate. */
function configPairs(text: string): Properties {
  const pairs = text.split(/,(?![^[\]]*\])/).map((pair) => pair.trim());
  const found = new Map<string, string>();
  for (const pair of pairs.filter((each) => each !== '')) {
    const equals = pair.indexOf('=');
    if (equals < 1) {
      throw new ToolError(
        'requirement failed: Invalid entity config: all configs to be added must be in the format "key=val" or  "key=[val1,val2]" to group values which contain commas.',
      );
    }
    const value = pair.slice(equals + 1).trim();
    found.set(pair.slice(0, equals).trim(), /^\[(.*)\]$/s.exec(value)?.[1] ?? value);
  }
  return found;
}
