import { LabError } from '../../errors/lab-error.ts';

/** One line per cause below an error, outermost first; what the error or an earlier line already says is left out. */
export function causesOf(error: LabError): string[] {
  const said = [error.message, error.why];
  const causes: string[] = [];
  for (let cause = error.cause; cause !== undefined && cause !== null; cause = nextOf(cause)) {
    const text = textOf(cause);
    if (text === '' || said.some((other) => other.includes(text))) continue;
    said.push(text);
    causes.push(text);
  }
  return causes;
}

function nextOf(cause: unknown): unknown {
  return cause instanceof Error ? cause.cause : undefined;
}

function textOf(cause: unknown): string {
  if (cause instanceof LabError) return `${cause.message} (${cause.why})`;
  if (cause instanceof AggregateError && cause.message === '') {
    return cause.errors.map(textOf).join('; '); // node:net, all addresses of a host refused
  }
  const text = cause instanceof Error ? cause.message || cause.name : String(cause);
  return text.trim().split('\n')[0] ?? '';
}
