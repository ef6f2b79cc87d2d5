import type { Admin, TopicDescription } from '../../../../kafka/client/index.ts';
import { ToolError } from '../errors.ts';
import type { ToolArguments } from '../tool-options.ts';
import { topicFilter } from '../topic-filter.ts';
import type { TopicOption } from './options.ts';

/**
 * The topics that `--topic` and `--topic-id` name, sorted by name. Throws ToolError when there are none, unless
 * `--if-exists` or `isOptional`.
 */
export async function selectTopics(
  args: ToolArguments<TopicOption>,
  admin: Admin,
  { isOptional = false }: { readonly isOptional?: boolean } = {},
): Promise<readonly TopicDescription[]> {
  const wanted = wantedTopics(args);
  const all = await admin.listTopics({ hasInternal: !args.has('exclude-internal') });
  const found = all.filter(wanted.matches);
  if (found.length === 0 && wanted.name !== undefined && !isOptional && !args.has('if-exists')) {
    throw new ToolError(`${wanted.name} does not exist as expected`);
  }
  return found;
}

interface Wanted {
  /** What the user asked for; undefined when it was not for anything special. */
  readonly name: string | undefined;
  matches(topic: TopicDescription): boolean;
}

function wantedTopics(args: ToolArguments<TopicOption>): Wanted {
  const id = args.text('topic-id');
  if (id !== undefined) return { name: `TopicId '${id}'`, matches: ({ topicId }) => topicId === id };
  const text = args.text('topic');
  if (text === undefined || text === '') return { name: undefined, matches: () => true };
  const filter = topicFilter(text);
  return { name: `Topic '${text}'`, matches: ({ name }) => filter(name) };
}
