// `npm run build`: TypeScript to dist/, nothing else. An old dist is removed first, so that no deleted module lives on in it.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
const result = spawnSync('tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' });
if (result.error !== undefined)
  console.error(`✗ the build could not start tsc: ${result.error.message} (run it with \`npm run build\`)`);
else if (result.status !== 0) console.error('✗ the build failed: see the errors above; dist/ is not to be used');
process.exitCode = result.status ?? 1;
