import { execFileSync } from 'node:child_process';
import { defineConfig } from 'rolldown';

/** Sixteen digits of the commit that is built; none outside a git checkout. */
function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short=16', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

/** One flat folder: files that are named at run time (the worker thread's entry) lie beside those that name them. */
export default defineConfig({
  input: {
    bin: 'runtime/bin.ts',
    index: 'runtime/index.ts',
    testing: 'runtime/testing.ts',
    broker: 'broker/index.ts',
    client: 'kafka/client/index.ts',
    'schema-registry': 'schema-registry/index.ts',
    // Loaded when they are used.
    ...Object.fromEntries(
      ['csv', 'datagen', 'file', 'http', 'jsonl', 'sqlite'].map((name) => [
        `connector-${name}`,
        `connectors/${name}/index.ts`,
      ]),
    ),
    'isolate-program': 'platform/isolate-program.ts',
    'plugin-host': 'runtime/plugin-host.ts',
    'task-worker': 'platform/task-worker.ts',
    'validation-task': 'kafka/records/validation-task.ts',
    'scrub-task': 'broker/log/scrub/scrub-task.ts',
    'compaction-task': 'broker/log/cleaner/compaction-task.ts',
  },
  // Our own files go in, packages stay packages.
  external: /^[^./]/,
  platform: 'node',
  transform: { define: { 'process.env.MILLRACE_COMMIT': JSON.stringify(commit()) } },
  output: {
    dir: 'dist',
    format: 'esm',
    sourcemap: true,
    // They are in the sources and in the types. V8 keeps the text of a module: twice as large when a comment is not Latin-1.
    comments: false,
    chunkFileNames: '[name]-[hash].js',
  },
});
