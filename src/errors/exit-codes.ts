/** Exit codes of the CLI (UX 2.4). Fine detail is the error ID, not the number. */
export const EXIT_CODES = {
  ok: 0,
  internal: 1,
  usage: 2,
  precondition: 3,
  'not-found': 4,
  conflict: 5,
  timeout: 6,
  cluster: 7,
  backend: 8,
  leftover: 9,
  thresholds: 99,
  sigint: 130,
  sigterm: 143,
} as const;

export type ExitName = keyof typeof EXIT_CODES;
