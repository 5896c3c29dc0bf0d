import { defineConfig } from 'vitest/config';

// The machine is small (two cores on a build server): two workers, and long limits because tests are never timed.
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 150_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
