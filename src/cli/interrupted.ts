/** Whether an error is what an aborted signal made of the work: its reason, an AbortError, or something caused by these. */
export function isAbortOf(signal: AbortSignal, error: unknown): boolean {
  if (!signal.aborted) return false;
  for (let link = error; link instanceof Error; link = link.cause) {
    if (link === signal.reason || link.name === 'AbortError') return true;
  }
  return false;
}
