import { hpaSummary, parseHpa } from '../../kube/hpa.ts';
import type { Finding } from '../explanation.ts';
import type { Case } from '../recompute.ts';

/** The average at zero replicas is a division by zero that the API prints as a quantity (kubernetes#140956). */
export function zeroAverage({ own, hpa, guess }: Case): readonly Finding[] {
  const { arch, minor } = guess.platform;
  return hpaSummary(parseHpa(own.hpa)).metrics.flatMap(({ name, raw, artefact }): Finding[] => {
    if (raw === undefined || artefact === undefined) return [];
    return [
      {
        id: 'zero-replica-average',
        severity: 'info',
        title: `${raw} is no value of ${name}: ${artefact}`,
        evidence: [
          `status.currentMetrics shows averageValue ${raw} with status.currentReplicas ${hpa.status.currentReplicas}`,
          `the total is divided by ${hpa.status.currentReplicas === 0 ? 'zero replicas' : 'what gives no average'}; ${reading(arch)}`,
          `Kubernetes 1.${minor} on ${arch}; in every release up to 1.37`,
          'scaling itself is not affected: the proposal is computed from the total',
        ],
        upstream: ['kubernetes/kubernetes#140956'],
        fix: null,
      },
    ];
  });
}

/** Go leaves the conversion of NaN and infinity to the machine. */
function reading(arch: 'amd64' | 'arm64'): string {
  const amd = '-9223372036854775808m whatever the total';
  const arm = '0 for an empty queue, 9223372036854775807m for items that wait';
  return arch === 'amd64'
    ? `amd64 prints ${amd} (arm64 would print ${arm})`
    : `arm64 prints ${arm} (amd64 would print ${amd})`;
}
