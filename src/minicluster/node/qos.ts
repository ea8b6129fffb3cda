import type { Pod } from './pod.ts';
import { parseQuantity } from './quantity.ts';

const COUNTED = ['cpu', 'memory'] as const;

/** A pod's quality of service class (pkg/apis/core/v1/helper/qos ComputePodQOS). */
export function qosClass(pod: Pod): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const all = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map(({ resources }) => resources ?? {});
  const amount = (text: string | undefined) => parseQuantity(text ?? '0') ?? 0;
  const asked = all.some(({ requests, limits }) =>
    COUNTED.some((resource) => amount(requests?.[resource]) > 0 || amount(limits?.[resource]) > 0),
  );
  if (!asked) return 'BestEffort';
  const guaranteed = all.every(({ requests, limits }) =>
    COUNTED.every((resource) => {
      const limit = amount(limits?.[resource]);
      return limit > 0 && amount(requests?.[resource] ?? limits?.[resource]) === limit;
    }),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
