import { defineConfig, type ViteUserConfig } from 'vitest/config';

const project = (name: string, timeoutMs: number, fileParallelism: boolean) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.{ts,tsx}`],
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
    fileParallelism,
  },
});

// integration and e2e start real servers on this machine: one file at a time.
const config: ViteUserConfig = defineConfig({
  test: {
    allowOnly: false,
    projects: [
      project('unit', 60_000, true),
      project('contract', 60_000, true),
      project('integration', 120_000, false),
      project('conformance', 120_000, false),
      project('e2e', 300_000, false),
      project('kind', 300_000, false),
    ],
  },
});

export default config;
