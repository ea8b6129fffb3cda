import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

const shared = (): string => join(resolve(process.env['METRICS_LAB_SHARED'] ?? '../shared'), 'hpa');

/** The recorded files of one kind ("unit", "calc", "reconcile"), 1.36.3's large one first; empty when they are not there. */
export function vectorFiles(kind: string): readonly string[] {
  const large = join(shared(), 'vectors', `dev-${kind}.jsonl.gz`);
  const versions = join(shared(), 'versions');
  const small = existsSync(versions) ? readdirSync(versions).filter((f) => f.endsWith(`-${kind}.jsonl.gz`)) : [];
  return [...(existsSync(large) ? [large] : []), ...small.map((f) => join(versions, f))];
}

/** Whether recorded files are there; says so loudly when not (a failure where METRICS_LAB_REQUIRE_REAL=1). */
export function haveVectors(kind: string): boolean {
  if (vectorFiles(kind).length > 0) return true;
  const text = `recorded ${kind} vectors not found in ${shared()} (set METRICS_LAB_SHARED)`;
  if (process.env['METRICS_LAB_REQUIRE_REAL'] === '1') throw new Error(text);
  process.stderr.write(`SKIPPED: ${text}\n`);
  return false;
}

/** Every `step`th line of a file, parsed. */
export function vectorLines<Line>(file: string, step: number): readonly Line[] {
  const lines = gunzipSync(readFileSync(file)).toString('utf8').split('\n');
  return lines.filter((line, i) => line !== '' && i % step === 0).map((line) => JSON.parse(line) as Line);
}
