import { defineConfig } from 'vitest/config';

/** They replace modules, which must not be loaded already; all other files share what is loaded. */
const REPLACING = ['test/http-archive/hashing.test.ts', 'test/http-archive/shared-state.test.ts'];

export default defineConfig({
  test: {
    // Two cores: more forks than that only take memory from each other.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    setupFiles: ['test/setup.ts'],
    projects: [
      {
        extends: true,
        test: { name: 'shared', include: ['test/**/*.test.ts'], exclude: REPLACING, isolate: false },
      },
      { extends: true, test: { name: 'alone', include: REPLACING } },
    ],
  },
});
