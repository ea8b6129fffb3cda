import { defineConfig } from 'vitest/config';

const project = (name: string, testTimeout: number) => ({
  test: { name, include: [`test/${name}/**/*.test.{ts,tsx}`], testTimeout, hookTimeout: testTimeout },
});

// e2e and integration start real servers on this machine: one file at a time.
export default defineConfig({
  test: {
    allowOnly: false,
    projects: [
      project('unit', 10_000),
      project('contract', 30_000),
      { test: { ...project('integration', 60_000).test, fileParallelism: false } },
      { test: { ...project('e2e', 300_000).test, fileParallelism: false } },
    ],
  },
});
