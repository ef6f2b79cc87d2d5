import { compilePattern } from '../plugin/index.ts';
import { listOf, type Properties } from './properties.ts';

/** What is wrong with a sink's `topics`, `topics.regex` and dead letter queue together. */
export function sinkTopicProblems(config: Properties): { readonly key: string; readonly message: string }[] {
  const topics = listOf(config['topics']);
  const pattern = config['topics.regex']?.trim() ?? '';
  const deadLetters = config['errors.deadletterqueue.topic.name']?.trim() ?? '';
  if (topics.length === 0 && pattern === '') return both('Must configure one of topics or topics.regex');
  if (topics.length > 0 && pattern !== '') {
    return both('topics and topics.regex are mutually exclusive options, but both are set.');
  }
  if (deadLetters !== '' && topics.includes(deadLetters)) {
    const list = `'topics=[${topics.join(', ')}]'`;
    const message = `The DLQ topic '${deadLetters}' may not be included in the list of topics (${list}) consumed by the connector`;
    return [{ key: 'topics', message }];
  }
  if (deadLetters !== '' && isMatch(pattern, deadLetters)) {
    const message = `The DLQ topic '${deadLetters}' may not be matched by the regex for the topics ('topics.regex=${pattern}') consumed by the connector`;
    return [{ key: 'topics.regex', message }];
  }
  return [];
}

function both(message: string) {
  return ['topics', 'topics.regex'].map((key) => ({ key, message }));
}

function isMatch(pattern: string, topic: string): boolean {
  try {
    return pattern !== '' && compilePattern(pattern).matches(topic);
  } catch {
    return false;
  }
}
