import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { LabError } from '../../errors/lab-error.ts';

/** A file of the image: where it is, and where it goes below the image's /app. */
export interface ImageFile {
  readonly from: string;
  readonly to: string;
}

const Package = z.object({ dependencies: z.record(z.string(), z.string()).default({}) });
/** What of the package itself the programs need. */
const OWN: readonly string[] = ['package.json', 'LICENSE', 'bin', 'dist'];
/** Of no use at run time, and a third of the size. */
const NOT_NEEDED = /\.(map|d\.[cm]?ts|md|tsbuildinfo)$|^\.package-lock\.json$/;

/**
 * The installed package with its production dependencies, sorted by target: what the image of the lab's programs is made of.
 * Dependencies are taken from where Node would find them, hoisted or not. Raises ML-IMAGE-BUILD when one is not installed.
 */
export function imageFiles(packageDir: string): readonly ImageFile[] {
  const found: ImageFile[] = [];
  for (const name of OWN) collect(join(packageDir, name), name, found);
  const placed = new Map<string, string>();
  const waiting = [{ dir: packageDir, to: '' }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const name of dependenciesOf(next.dir)) {
      const dir = resolvePackage(name, next.dir);
      const top = join('node_modules', name);
      if (placed.get(top) === dir || placed.get(join(next.to, top)) === dir) continue;
      // Another version has the top place: this one goes below its user.
      const to = placed.has(top) ? join(next.to, top) : top;
      placed.set(to, dir);
      collect(dir, to, found);
      waiting.push({ dir, to });
    }
  }
  return found.toSorted((a, b) => (a.to < b.to ? -1 : a.to > b.to ? 1 : 0));
}

/** Changes when any file does. */
export function digestOf(files: readonly ImageFile[]): string {
  const hash = createHash('sha256');
  for (const { from, to } of files) {
    const content = readFileSync(from);
    hash.update(`${to}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 12);
}

function dependenciesOf(dir: string): readonly string[] {
  const parsed = Package.safeParse(JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')));
  return parsed.success ? Object.keys(parsed.data.dependencies).toSorted() : [];
}

function resolvePackage(name: string, from: string): string {
  for (let dir = from; ; dir = dirname(dir)) {
    const candidate = join(dir, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (dirname(dir) === dir) break;
  }
  throw new LabError('ML-IMAGE-BUILD', { reason: `the package ${name}, which ${from} needs, is not installed` });
}

function collect(path: string, to: string, found: ImageFile[]): void {
  if (!existsSync(path)) return;
  const entries = readEntries(path);
  if (entries === undefined) {
    found.push({ from: path, to });
    return;
  }
  for (const name of entries) {
    // Nested packages are placed by whoever depends on them.
    if (name !== 'node_modules' && !NOT_NEEDED.test(name)) collect(join(path, name), `${to}/${name}`, found);
  }
}

/** The names in a folder, or undefined for a file. */
function readEntries(path: string): readonly string[] | undefined {
  try {
    return readdirSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}
