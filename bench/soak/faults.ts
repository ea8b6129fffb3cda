/** A fault on demand by the flags of `metric fault`, and which answers it may have. */
export interface Fault {
  readonly flags: readonly string[];
  /** `value`: what the answer has; null = no series. */
  readonly allows: (status: number, value: string | null, right: string) => boolean;
}

export const FAULTS: readonly Fault[] = [
  { flags: ['--status', '503'], allows: (status) => status === 503 },
  { flags: ['--empty'], allows: (status, value) => status === 200 && value === null },
  { flags: ['--delay', '1s'], allows: (status, value, right) => status === 200 && value === right },
  { flags: ['--stale', '10m'], allows: (status, value, right) => status === 200 && value === right },
  { flags: ['--text', 'NaN'], allows: (status, value) => status === 200 && value === 'NaN' },
  { flags: ['--flap', '4s'], allows: (status, value, right) => status === 503 || (status === 200 && value === right) },
];

/** Whether an answer is what the reference and the fault that was active all the while say. */
export function isRight(
  fault: Fault | undefined,
  { status, body }: { readonly status: number; readonly body: string },
  reference: number,
): boolean {
  const value = status === 200 ? valueOf(body) : null;
  const right = String(reference);
  return fault === undefined ? status === 200 && value === right : fault.allows(status, value, right);
}

function valueOf(body: string): string | null {
  const { items } = JSON.parse(body) as { readonly items: readonly { readonly value: string }[] };
  return items[0]?.value ?? null;
}
