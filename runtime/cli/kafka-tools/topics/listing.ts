import type { Admin } from '../../../../kafka/client/index.ts';
import type { ToolArguments } from '../tool-options.ts';
import type { ToolOutput } from '../tool-output.ts';
import type { TopicOption } from './options.ts';
import { selectTopics } from './selection.ts';

/** `--list`: names, one per line; an empty line when there are none. */
export async function listTopics(
  args: ToolArguments<TopicOption>,
  admin: Admin,
  out: ToolOutput,
): Promise<void> {
  const topics = await selectTopics(args, admin, { isOptional: true });
  await out.line(topics.map(({ name }) => name).join('\n'));
}

/** `--delete`: all topics that the filter selects. */
export async function deleteTopics(args: ToolArguments<TopicOption>, admin: Admin): Promise<void> {
  const topics = await selectTopics(args, admin);
  if (topics.length === 0) return;
  for (const { error } of await admin.deleteTopics(topics.map(({ name }) => name))) {
    if (error !== undefined) throw error;
  }
}
