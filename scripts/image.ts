// `npm run image -- NAME`: the image with the lab's programs (metrics server, producer, consumer, ...) under that name, built from what
// `npm run build` made, with Docker or Podman. Pushing it is up to you.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { requireEngine } from '../src/clusters/containers/engine.ts';
import { buildProgramImage } from '../src/clusters/containers/program-image.ts';
import { toolEnv } from '../src/clusters/containers/tools.ts';
import { describe } from '../src/errors/lab-error.ts';
import { nodeFiles } from '../src/platform/files.ts';
import { runTool } from '../src/platform/run-tool.ts';
import packageJson from '../package.json' with { type: 'json' };

const [name] = process.argv.slice(2);
if (name === undefined) {
  console.error('which name? npm run image -- registry.example/metrics-lab:1');
  process.exit(2);
}
const packageDir = resolve(import.meta.dirname, '..');
const dir = mkdtempSync(join(tmpdir(), 'metrics-lab-image-'));
const ports = { files: nodeFiles, runTool, env: process.env, packageDir, version: packageJson.version };
const io = { emit: () => {} };
const { signal } = new AbortController();
try {
  const engine = await requireEngine(ports);
  const logFile = join(dir, 'build.log');
  const built = await buildProgramImage(ports, engine, join(dir, 'context'), { io, signal, step: 'image', logFile });
  const tagged = await runTool(engine, ['tag', built.image, name], { env: toolEnv(process.env), timeoutMs: 20_000 });
  if (tagged.code !== 0) throw new Error(tagged.stderr);
  console.log(`${name}: ${built.detail ?? built.image}`);
  // With its log when it failed.
  rmSync(dir, { recursive: true });
} catch (error) {
  console.error(`✗ ${describe(error)}`);
  process.exitCode = 1;
}
