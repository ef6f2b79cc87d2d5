import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/compat/**'],
    testTimeout: 20_000,
    // All cores: by default one is left for the coordinator, which has next to nothing to do.
    maxWorkers: '100%',
    // Modules are loaded once in each worker, not once in each file: a third of the time. Tests keep no global state.
    isolate: false,
  },
});
