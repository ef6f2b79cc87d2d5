import type { Admin } from '../../../../kafka/client/index.ts';
import { ToolUsageError } from '../errors.ts';
import { row, widthOf } from '../text-table.ts';
import type { ToolArguments } from '../tool-options.ts';
import type { ToolOutput } from '../tool-output.ts';
import type { GroupOption } from './options.ts';
import { consumerGroups } from './selection.ts';

const states = [
  'Assigning',
  'Empty',
  'PreparingRebalance',
  'Dead',
  'Reconciling',
  'Stable',
  'CompletingRebalance',
];
const types = ['Classic', 'Consumer'];

const GROUP_WIDTH_MIN = 15;
const GAP = 10;
const COLUMN_WIDTH = 20;

interface ListFilter {
  readonly states: readonly string[];
  readonly types: readonly string[];
}

/** Which groups `--state` and `--type` select: empty lists mean all. Throws ToolUsageError for what is no state or type. */
export function listFilter(args: ToolArguments<GroupOption>): ListFilter {
  return {
    states: choices(args.text('state'), states, 'state'),
    types: choices(args.text('type'), types, 'type'),
  };
}

/** `--list`: ids, with a column for each of `--type` and `--state`. */
export async function listGroups(
  args: ToolArguments<GroupOption>,
  admin: Admin,
  out: ToolOutput,
): Promise<void> {
  const groups = await consumerGroups(admin, listFilter(args));
  const isPlain = !args.has('state') && !args.has('type');
  if (isPlain) {
    if (groups.length > 0) await out.line(groups.map(({ groupId }) => groupId).join('\n'));
    return;
  }
  const hasTypes = args.has('type');
  const hasStates = args.has('state');
  const widths = [
    widthOf(
      groups.map(({ groupId }) => groupId),
      GROUP_WIDTH_MIN,
    ) + GAP,
    COLUMN_WIDTH,
    COLUMN_WIDTH,
  ];
  const line = (group: string, type: string, state: string) =>
    row(widths, [group, ...(hasTypes ? [type] : []), ...(hasStates ? [state] : [])]);
  const lines = groups.map(({ groupId, type, state }) => line(groupId, capitalized(type), state));
  await out.line([line('GROUP', 'TYPE', 'STATE'), ...lines].join('\n'));
}

function choices(text: string | undefined, known: readonly string[], what: string): readonly string[] {
  if (text === undefined || text === '') return [];
  return text.split(',').map((part) => {
    const found = known.find((each) => each.toLowerCase() === part.trim().replaceAll('_', '').toLowerCase());
    if (found === undefined) {
      throw new ToolUsageError(`Invalid ${what} list '${text}'. Valid ${what}s are: ${known.join(', ')}`);
    }
    return found;
  });
}

function capitalized(type: string): string {
  return type.slice(0, 1).toUpperCase() + type.slice(1);
}
