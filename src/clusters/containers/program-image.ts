import { copyFileSync, lutimesSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { BackendContext, ProvidedImage } from '../../contracts/backend.ts';
import { LabError } from '../../errors/lab-error.ts';
import { engineFailure } from '../../errors/match.ts';
import type { EngineName } from './engine.ts';
import { digestOf, type ImageFile, imageFiles } from './package-files.ts';
import { said, saidLast, toolEnv, type ToolPorts } from './tools.ts';

export interface ProgramImagePorts extends ToolPorts {
  /** The installed package: package.json, bin, dist, Dockerfile. */
  readonly packageDir: string;
  readonly version: string;
}

const BUILD_MS = 900_000;
const ASK_MS = 20_000;
/** All files of the image are of this time, so that the same content gives the same layers. */
const EPOCH = new Date('2020-01-01T00:00:00Z');

/**
 * The image with the lab's programs, built from this installation when the engine has none of this content. `workDir`: a
 * folder for the build, removed afterwards. Raises ML-IMAGE-BUILD, ML-KIND-ENGINE-*, ML-KIND-DISK-FULL.
 */
export async function buildProgramImage(
  ports: ProgramImagePorts,
  engine: EngineName,
  workDir: string,
  context: Pick<BackendContext, 'io' | 'signal' | 'step'> & { readonly logFile: string },
): Promise<ProvidedImage> {
  const files = imageFiles(ports.packageDir);
  // localhost/ is what podman calls its own; for Docker it is a registry that is never asked, as the image is there.
  const image = `${engine === 'podman' ? 'localhost/' : ''}metrics-lab:${ports.version}-${digestOf(files)}`;
  const size = await sizeOf(ports, engine, image, context.signal);
  if (size !== undefined) return { image, changed: false, detail: `${image}, ${megabytes(size)}` };
  context.io.emit({ type: 'step.progress', step: context.step, text: `building ${image}` });
  try {
    stage(ports.packageDir, files, workDir);
    const built = await ports.runTool(engine, ['build', '--tag', image, workDir], {
      env: toolEnv(ports.env),
      timeoutMs: BUILD_MS,
      signal: context.signal,
      logFile: context.logFile,
    });
    context.signal.throwIfAborted();
    if (built.code !== 0) {
      const id = engineFailure(said(built)) ?? 'ML-IMAGE-BUILD';
      throw new LabError(id, { reason: saidLast(built) }, { logFile: context.logFile });
    }
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
  const made = await sizeOf(ports, engine, image, context.signal);
  return { image, changed: true, detail: `built ${image}, ${made === undefined ? 'size unknown' : megabytes(made)}` };
}

/** Bytes of an image that the engine has; undefined when it has none of that name. */
export async function sizeOf(
  ports: ToolPorts,
  engine: EngineName,
  image: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const asked = await ports.runTool(engine, ['image', 'inspect', '--format', '{{.Size}}', image], {
    env: toolEnv(ports.env),
    timeoutMs: ASK_MS,
    signal,
  });
  signal.throwIfAborted();
  const size = Number(asked.stdout.trim());
  return asked.code === 0 && Number.isFinite(size) ? size : undefined;
}

function stage(packageDir: string, files: readonly ImageFile[], workDir: string): void {
  rmSync(workDir, { recursive: true, force: true });
  const app = join(workDir, 'rootfs', 'app');
  mkdirSync(app, { recursive: true, mode: 0o755 });
  copyFileSync(join(packageDir, 'Dockerfile'), join(workDir, 'Dockerfile'));
  for (const { from, to } of files) {
    const target = join(app, to);
    mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
    copyFileSync(from, target);
  }
  setTimes(workDir);
}

/** Children first: a folder's time changes with them. */
function setTimes(dir: string): void {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) setTimes(path);
    else lutimesSync(path, EPOCH, EPOCH);
  }
  lutimesSync(dir, EPOCH, EPOCH);
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`;
}
