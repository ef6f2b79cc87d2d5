import type { FlatConfig } from '../plugin/index.ts';

/** Where dead letters go. */
export const LETTERS = 'letters';

/** Bad records become dead letters. */
export const tolerant: FlatConfig = {
  'errors.tolerance': 'all',
  'errors.deadletterqueue.topic.name': LETTERS,
  'errors.deadletterqueue.topic.replication.factor': 1,
  'errors.deadletterqueue.context.headers.enable': true,
};
