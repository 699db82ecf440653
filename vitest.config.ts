import { defineConfig } from 'vitest/config';

/** `unit` needs nothing and takes seconds; `integration` runs against a real Redis, which its set-up starts or is given. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/support/redis-for-tests.ts'],
          testTimeout: 20_000,
          hookTimeout: 20_000,
          // They mostly wait, for alarms and time limits: also on two cores three files at once are no burden.
          maxWorkers: 3,
        },
      },
    ],
  },
});
