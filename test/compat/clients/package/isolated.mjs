// A plugin that tells where its code runs, and one that ends the process it runs in.
import { threadId } from 'node:worker_threads';
import { defineSource } from 'millrace';

const config = { type: 'object', required: ['topic'], properties: { topic: { type: 'string' } } };

export const letters = defineSource({
  name: 'letters',
  version: '1.0.0',
  config,
  async *read() {
    const records = ['a', 'b', 'c'].map((letter) => ({ value: { letter, pid: process.pid, threadId } }));
    yield { records, position: records.length };
  },
});

export const exiting = defineSource({
  name: 'exiting',
  version: '1.0.0',
  config,
  // biome-ignore lint/correctness/useYield: it never comes so far.
  async *read() {
    process.exit(3);
  },
});
