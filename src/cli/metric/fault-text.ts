import type { MetricFault } from '../../contracts/metrics-admin.ts';
import { formatDuration } from '../values/duration.ts';

const duration = (seconds: number) => formatDuration(Math.round(seconds * 1000));

/** `delay 20s, status 503, flap 30s`; as the flags say it. */
export function faultText(fault: MetricFault): string {
  const { delaySeconds, status, empty, staleSeconds, text, flapSeconds, forSeconds } = fault;
  return [
    ...(delaySeconds === undefined ? [] : [`delay ${duration(delaySeconds)}`]),
    ...(status === undefined ? [] : [`status ${status}`]),
    ...(empty === true ? ['empty'] : []),
    ...(staleSeconds === undefined ? [] : [`stale ${duration(staleSeconds)}`]),
    ...(text === undefined ? [] : [`text ${text}`]),
    ...(flapSeconds === undefined ? [] : [`flap ${duration(flapSeconds)}`]),
    ...(forSeconds === undefined ? [] : [`for ${duration(forSeconds)}`]),
  ].join(', ');
}
