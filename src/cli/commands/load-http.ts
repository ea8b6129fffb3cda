import { LabError } from '../../errors/lab-error.ts';
import { type LoadOutcome, loadHttp } from '../../lab/load-http.ts';
import type { CommandContext } from '../context.ts';
import { labPorts } from '../container/lab-ports.ts';
import type { Flags } from '../flags.ts';
import { labName } from '../lab/lab-name.ts';
import { formatDuration } from '../values/duration.ts';

const RPS = 50;
const FOR_MS = 120_000;

/**
 * `metrics-lab load http`: requests to the lab's web target. The result is printed whatever ended the load. Raises ML-LAB-NOT-FOUND,
 * ML-LOAD-*, and what the user ended it with.
 */
export async function run(context: CommandContext, flags: Flags): Promise<undefined> {
  const connections = flags.number('connections');
  const seconds = (flags.number('for') ?? FOR_MS) / 1_000;
  const lab = await labName(context);
  const outcome = await loadHttp(labPorts(context), {
    lab,
    requestsPerSecond: flags.number('rps') ?? RPS,
    seconds,
    ...(connections === undefined ? {} : { connections }),
  });
  await context.output.print({ kind: 'HttpLoad', data: { ...outcome }, text: () => text(outcome, seconds) });
  context.signal.throwIfAborted();
  failFor(outcome);
}

/** Error statuses are answers; a target that gives none is a fault. */
function failFor({ lab, url, end, seconds, sent, answered, errors, timeouts }: LoadOutcome): void {
  if (end === 'gave-up') throw new LabError('ML-LOAD-GAVE-UP', { lab, url, seconds, errors });
  if (answered === 0) throw new LabError('ML-LOAD-NO-ANSWER', { lab, url, seconds, sent, errors, timeouts });
}

/** Below this share of what was asked for the load was not what the user wanted. */
const SHORT = 0.95;

function text(outcome: LoadOutcome, wantedSeconds: number): string {
  const { lab, requestsPerSecond: rps, connections, seconds, answered, answeredPerSecond, statuses, errors } = outcome;
  const count = (value: number) => value.toLocaleString('en-US');
  const early = outcome.end === 'complete' ? '' : ` of ${formatDuration(wantedSeconds * 1_000)}`;
  const { timeouts, latencyMs } = outcome;
  return [
    `${count(answered)} answers in ${seconds} s${early}: ${answeredPerSecond}/s of ${rps}/s, ${connections} connections to ${outcome.url}`,
    `status   ${
      Object.entries(statuses)
        .map(([status, times]) => `${status}: ${count(times)}`)
        .join('  ') || 'none'
    }`,
    ...(errors === 0 ? [] : [`errors   ${count(errors)} connections failed, ${count(timeouts)} of them by a time-out`]),
    ...(latencyMs === null
      ? []
      : [
          `latency  p50 ${latencyMs.p50} ms  p90 ${latencyMs.p90} ms  p99 ${latencyMs.p99} ms  max ${latencyMs.max} ms`,
        ]),
    ...(outcome.end === 'complete' && answeredPerSecond < rps * SHORT && answered > 0
      ? [
          `short    the target took longer than ${connections} connections can make up for; give it more with --connections`,
        ]
      : []),
    `next     metrics-lab watch hpa${lab === 'lab' ? '' : ` --lab ${lab}`}`,
  ].join('\n');
}
