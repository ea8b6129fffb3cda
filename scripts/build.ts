// `npm run build`: TypeScript to dist/, then the modules that the command line loads as a few files in dist/cli/bundle (docs/adr/0004).
// An old dist is removed first, so that no deleted module lives on in it.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { rolldown } from 'rolldown';

/** Packages of many small files that nearly every command needs; all others are loaded from node_modules. */
const BUNDLED = ['commander', 'yaml', 'zod'] as const;

rmSync('dist', { recursive: true, force: true });
const result = spawnSync('tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' });
if (result.error !== undefined)
  console.error(`✗ the build could not start tsc: ${result.error.message} (run it with \`npm run build\`)`);
else if (result.status !== 0) console.error('✗ the build failed: see the errors above; dist/ is not to be used');
else await bundle();
process.exitCode = result.status ?? 1;

/** Modules imported late stay files of their own. All lie as deep in dist/ as the modules that look for files of the package. */
async function bundle(): Promise<void> {
  await using made = await rolldown({
    input: 'dist/cli/main.js',
    platform: 'node',
    external: (id) => /^[^./]/.test(id) && !BUNDLED.some((name) => id === name || id.includes(`node_modules/${name}/`)),
    onwarn: (warning) => {
      throw new Error(warning.message);
    },
  });
  await made.write({
    dir: 'dist/cli/bundle',
    format: 'esm',
    keepNames: true,
    chunkFileNames: '[name]-[hash].js',
    codeSplitting: { groups: BUNDLED.map((name) => ({ name, test: new RegExp(`node_modules/${name}/`) })) },
  });
}
