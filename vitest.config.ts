import { defineConfig } from 'vitest/config';

const common = { include: ['**/*.test.ts'], testTimeout: 30_000, hookTimeout: 60_000 };

/** `unit`: everything beside its code, under five minutes. `e2e`: real browsers against a running installation, one at a time. */
export default defineConfig({
  test: {
    // On two cores: a third of the time the tests wait for what goes on in real time.
    maxWorkers: 3,
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          exclude: ['**/node_modules/**', '**/dist/**', 'e2e/**', 'bench/**'],
          globalSetup: './server-kit/testing/run.ts',
          // Loading the same modules anew for each file took a sixth of the time; no test leaves anything behind in them.
          isolate: false,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          exclude: ['**/node_modules/**'],
          testTimeout: 240_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
