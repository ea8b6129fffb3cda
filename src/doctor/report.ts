import { z } from 'zod';

export type CheckStatus = 'ok' | 'warning' | 'broken' | 'unknown' | 'skipped';

/** One link of the chain that was looked at. */
export interface Check {
  /** Stable name, such as `metrics-path/external.metrics.k8s.io/endpoints`. */
  readonly id: string;
  readonly status: CheckStatus;
  /** What is so, in one sentence. */
  readonly title: string;
  readonly evidence: readonly string[];
  /** A command or what to change; null = nothing to do. */
  readonly fix: string | null;
}

export interface DoctorReport {
  /** The API server that was looked at; null = none. */
  readonly server: string | null;
  readonly context: string | null;
  readonly at: string;
  /** In the order in which things depend on each other. */
  readonly checks: readonly Check[];
  /** The first broken link; everything after it may be its consequence. */
  readonly broken: string | null;
}

const text = z.string();
/** `metrics-lab doctor -o json`; published as docs/schemas/doctor.json. Fields are only ever added. */
export const DoctorSchema: z.ZodType<DoctorReport> = z.object({
  server: text.nullable(),
  context: text.nullable(),
  at: text.describe('RFC 3339'),
  checks: z
    .array(
      z.object({
        id: text,
        status: z
          .enum(['ok', 'warning', 'broken', 'unknown', 'skipped'])
          .describe('unknown = it may not be read; skipped = it does not apply here, or hangs on a broken link'),
        title: text,
        evidence: z.array(text),
        fix: text.nullable().describe('a command or what to change'),
      }),
    )
    .describe('in the order in which things depend on each other'),
  broken: text.nullable().describe('id of the first broken link'),
});

/** Parts of a check that are rarely needed. */
interface Details {
  readonly evidence?: readonly string[];
  readonly fix?: string;
}

export function check(id: string, status: CheckStatus, title: string, { evidence = [], fix }: Details = {}): Check {
  return { id, status, title, evidence, fix: fix ?? null };
}

export function firstBroken(checks: readonly Check[]): string | null {
  return checks.find(({ status }) => status === 'broken')?.id ?? null;
}
