import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { minorOf, type VectorKind, type VectorLine } from './kind.ts';

export interface Mismatch {
  readonly kind: string;
  /** file:line and the id where there is one. */
  readonly where: string;
  readonly problems: readonly string[];
}
export interface VectorResult {
  readonly passed: number;
  readonly mismatches: readonly Mismatch[];
}

/** Replays one vector file line by line, plain or gzip (told by its first bytes' reader: the name's .gz). */
export async function runVectorFile(path: string, kinds: readonly VectorKind[]): Promise<VectorResult> {
  const raw = createReadStream(path);
  const text = path.endsWith('.gz') ? raw.pipe(createGunzip()) : raw;
  // A read error must not wait for a data event that never comes.
  raw.on('error', (cause) => text.destroy(cause));
  const mismatches: Mismatch[] = [];
  let passed = 0;
  let number = 0;
  for await (const line of createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY })) {
    number++;
    if (line.trim() === '') continue;
    const outcome = replayLine(line, kinds);
    if (outcome.problems.length === 0) passed++;
    else mismatches.push({ ...outcome, where: `${path}:${number} ${outcome.id}`.trim() });
  }
  if (number === 0) mismatches.push({ kind: 'unknown', where: path, problems: ['the file has no line'] });
  return { passed, mismatches };
}

function replayLine(
  text: string,
  kinds: readonly VectorKind[],
): { kind: string; id: string; problems: readonly string[] } {
  let kind = 'unknown';
  let id = '';
  try {
    const line = JSON.parse(text) as VectorLine;
    if (typeof line !== 'object' || line === null) return { kind, id, problems: ['not a JSON object'] };
    id = String(line.id ?? '');
    const found = kinds.find((candidate) => candidate.matches(line));
    if (found === undefined) return { kind, id, problems: [`no kind has the fields ${Object.keys(line).join(', ')}`] };
    kind = found.name;
    return { kind, id, problems: found.replay(line, minorOf(line)) };
  } catch (error) {
    return { kind, id, problems: [error instanceof Error ? (error.stack ?? error.message) : String(error)] };
  }
}
