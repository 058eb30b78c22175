import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/e2e/specs/**/*.spec.ts'],
    // One window at a time: the specs share a screen and two processors.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // Of one second by default, which a busy machine takes for a frame.
    expect: { poll: { timeout: 15_000 } },
  },
});
