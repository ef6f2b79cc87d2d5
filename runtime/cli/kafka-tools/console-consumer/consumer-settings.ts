import type { ConsumerOptions } from '../../../../kafka/client/index.ts';
import type { Entropy } from '../../../../platform/entropy.ts';
import type { Files } from '../../../../platform/files.ts';
import { clientSources } from '../client-options.ts';
import { consumerOptions, truth } from '../client-properties.ts';
import { ToolError } from '../errors.ts';
import type { Properties } from '../properties-file.ts';
import type { ToolArguments } from '../tool-options.ts';
import type { ConsumerToolOption } from './options.ts';

/** How a command line wants to read. */
export interface ConsumerSettings {
  readonly properties: Properties;
  readonly options: ConsumerOptions;
  /** Whether what was printed is committed. */
  readonly isCommitting: boolean;
  readonly commitIntervalMs: number;
}

const GROUP_NUMBERS = 100_000;
const COMMIT_INTERVAL_MS = 5_000;

/** Reads options and properties of the consumer. Throws ToolError for values that cannot be or contradict each other. */
export function consumerSettings(
  args: ToolArguments<ConsumerToolOption>,
  { files, entropy }: { readonly files: Files; readonly entropy: Entropy },
): ConsumerSettings {
  const { properties, groups } = consumerProperties(args, files);
  const group = onlyGroup(groups);
  if (args.has('isolation-level') || !properties.has('isolation.level')) {
    properties.set('isolation.level', args.text('isolation-level') ?? 'read_uncommitted');
  }
  setReset(args, properties);
  const isAssigned = args.has('partition');
  if (group !== undefined) properties.set('group.id', group);
  else if (!isAssigned) properties.set('group.id', `console-consumer-${entropy.u32() % GROUP_NUMBERS}`);
  const commits = properties.get('enable.auto.commit');
  const options = consumerOptions(properties);
  return {
    properties,
    isCommitting:
      properties.has('group.id') &&
      (commits === undefined ? group !== undefined : truth('enable.auto.commit', commits.trim())),
    commitIntervalMs: options.autoCommitIntervalMs ?? COMMIT_INTERVAL_MS,
    options: { allowAutoTopicCreation: true, ...options, autoCommit: false },
  };
}

function consumerProperties(args: ToolArguments<ConsumerToolOption>, files: Files) {
  const properties = new Map<string, string>();
  const groups = new Set<string>();
  const sources = clientSources(
    args,
    {
      files: ['consumer.config', 'command-config'],
      properties: ['consumer-property', 'command-property'],
    },
    files,
  );
  for (const source of sources) {
    for (const [name, value] of source) properties.set(name, value);
    const group = source.get('group.id');
    if (group !== undefined) groups.add(group);
  }
  const group = args.text('group');
  if (group !== undefined) groups.add(group);
  return { properties, groups };
}

function onlyGroup(groups: ReadonlySet<string>): string | undefined {
  if (groups.size > 1) {
    const names = [...groups].map((group) => `'${group}'`).join(', ');
    throw new ToolError(
      `The group ids provided in different places (directly using '--group', via '--command-property', or via '--command-config') do not match. Detected group ids: ${names}`,
    );
  }
  return [...groups][0];
}

function setReset(args: ToolArguments<ConsumerToolOption>, properties: Map<string, string>): void {
  const isFromBeginning = args.has('from-beginning') || args.text('offset') === 'earliest';
  const reset = properties.get('auto.offset.reset');
  if (args.has('from-beginning') && reset !== undefined && reset !== 'earliest') {
    throw new ToolError(
      `Can't simultaneously specify --from-beginning and 'auto.offset.reset=${reset}', please remove one option`,
    );
  }
  if (reset === undefined || isFromBeginning) {
    properties.set('auto.offset.reset', isFromBeginning ? 'earliest' : 'latest');
  }
}
