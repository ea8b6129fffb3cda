import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { parseBundle } from '../../src/explain/bundle-schema.ts';
import { explainBundle } from '../../src/explain/explain.ts';

const ids = z.array(z.string());
const Case = z.looseObject({ expected: z.object({ findings: ids, also: ids, never: ids }) });

export interface Verdict {
  readonly file: string;
  /** How many findings must be named. */
  readonly wanted: number;
  /** Empty = passed. */
  readonly problems: readonly string[];
}

/** Explains one bundle and compares what is named with what was expected. Raises what reading and parsing raise. */
export async function judge(file: string): Promise<Verdict> {
  const foreign: unknown = JSON.parse(await readFile(file, 'utf8'));
  const { expected } = Case.parse(foreign);
  const findings = [...explainBundle(parseBundle(foreign, file))].flatMap(({ findings }) => findings);
  const named = new Set(findings.map(({ id }) => id));
  const titleOf = (id: string) => findings.find((finding) => finding.id === id)?.title ?? '';
  const missing = expected.findings.filter((id) => !named.has(id)).map((id) => `not named: ${id}`);
  const wrong = expected.never.filter((id) => named.has(id)).map((id) => `wrong: ${id} (${titleOf(id)})`);
  const healthy = expected.findings.length === 0;
  const extra = [...named]
    .filter((id) => healthy && !expected.also.includes(id) && !expected.never.includes(id))
    .map((id) => `nothing is wrong here, but named: ${id} (${titleOf(id)})`);
  return { file, wanted: expected.findings.length, problems: [...missing, ...wrong, ...extra] };
}
