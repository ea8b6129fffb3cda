import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The published module whose controller is measured. */
const VERSION = '1.36.3';
const MODULE = 'k8s.io/kubernetes';
/** -checklinkname only concerns the standard library; the program reaches into the controller's package. */
const BUILD_FLAGS = ['-mod=mod', '-buildvcs=false', '-trimpath'];

async function go(folder: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run('go', args, {
    cwd: folder,
    env: { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: BUILD_FLAGS.join(' ') },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

/** Staging modules that the module replaces by path: a program outside has to name their published releases. */
async function stagingModules(folder: string): Promise<readonly string[]> {
  const { Dir } = JSON.parse(await go(folder, 'mod', 'download', '-json', `${MODULE}@v${VERSION}`)) as { Dir: string };
  const text = await readFile(join(Dir, 'go.mod'), 'utf8');
  return [...text.matchAll(/^\s*(?:replace )?(\S+) => \.\/staging/gm)].map((match) => match[1] ?? '');
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/**
 * Builds the Go program that measures upstream's code and gives its path; null when Go is not installed. The program is kept in
 * the user's cache, so that only the first build takes minutes.
 */
export async function buildUpstream(): Promise<string | null> {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'metrics-lab-bench', `twin-${VERSION}`);
  const source = join(import.meta.dirname, 'go', 'main.go');
  const program = join(folder, 'bench');
  const hasGo = await run('go', ['version']).then(
    () => true,
    () => false,
  );
  if (!hasGo) return null;
  await mkdir(folder, { recursive: true });
  const copy = join(folder, 'main.go');
  const same = (await exists(copy)) && (await readFile(copy, 'utf8')) === (await readFile(source, 'utf8'));
  if (same && (await exists(program))) return program;
  await copyFile(source, copy);
  await copyFile(join(import.meta.dirname, 'go', 'linkname.s'), join(folder, 'linkname.s'));
  if (!(await exists(join(folder, 'go.mod')))) await go(folder, 'mod', 'init', 'metrics-lab.bench/twin');
  const release = VERSION.replace(/^1/, '0');
  const modules = await stagingModules(folder);
  await go(folder, 'mod', 'edit', ...modules.map((name) => `-replace=${name}=${name}@v${release}`));
  await go(folder, 'mod', 'edit', `-require=${MODULE}@v${VERSION}`);
  await go(folder, 'build', '-o', program, '.');
  return program;
}

/** Decisions per second by case ("default", "behavior"), from the program's output. */
export async function runUpstream(program: string, cycles: number): Promise<ReadonlyMap<string, number>> {
  const { stdout } = await run(program, [String(cycles)]);
  return new Map([...stdout.matchAll(/^(\S+) {2}(\d+) decisions\/s$/gm)].map((m) => [m[1] ?? '', Number(m[2])]));
}
