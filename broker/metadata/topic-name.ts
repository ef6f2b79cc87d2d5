/** Topics the broker keeps for itself. Clients may read and delete them, not write. */
const internalTopics = ['__consumer_offsets', '__transaction_state', '__share_group_state'] as const;

export type InternalTopic = (typeof internalTopics)[number];

/** The topic of the metadata log; not a topic of the image. */
export const metadataTopic = '__cluster_metadata';

const lengthMax = 249;

/** Whether Metadata marks the topic as internal. */
export function isInternalTopic(name: string): name is InternalTopic {
  return internalTopics.some((internal) => internal === name);
}

/** What is wrong with a topic's name, in Kafka's wording, or undefined. */
export function topicNameProblem(name: string): string | undefined {
  const problem = nameProblem(name);
  return problem === undefined ? undefined : `Topic name is invalid: ${problem}`;
}

/** Names with the same key would share a metric name in Kafka, and only one of them may exist. */
export function collisionKey(name: string): string {
  return name.replaceAll('.', '_');
}

function nameProblem(name: string): string | undefined {
  if (name === '') return 'the empty string is not allowed';
  if (name === '.' || name === '..') return `'${name}' is not allowed`;
  if (name.length > lengthMax) {
    return `the length of '${name}' is longer than the max allowed length ${lengthMax}`;
  }
  return /^[a-zA-Z0-9._-]+$/.test(name)
    ? undefined
    : `'${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`;
}
