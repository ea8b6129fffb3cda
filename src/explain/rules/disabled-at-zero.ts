import type { Finding } from '../explanation.ts';
import type { Case } from '../recompute.ts';

/** At zero replicas that the HPA did not choose itself, it does nothing. */
export function disabledAtZero({ sync, hpa, guess }: Case): readonly Finding[] {
  if ('impossible' in sync) return [];
  const range = sync.output.record?.steps.find((step) => step.rule === 'range');
  if (range?.result !== 'disabled') return [];
  const { minor } = guess.platform;
  const { kind, name } = hpa.spec.scaleTargetRef;
  const byHand = hpa.spec.minReplicas === 0;
  return [
    {
      id: byHand ? 'scaled-to-zero-by-hand' : 'disabled-at-zero',
      severity: 'warning',
      title: `${kind} ${name} has 0 replicas that the HPA did not choose: it stays at 0 until somebody scales it up`,
      evidence: [
        `spec.replicas is ${sync.scale.specReplicas} (${sync.replicasFrom.spec}), minReplicas is ${hpa.spec.minReplicas ?? 1}`,
        byHand
          ? `since 1.36 minReplicas 0 is not enough: condition ScaledToZero must be True, which the HPA sets when it scales to zero itself; this is 1.${minor}`
          : 'a target at zero means "off" for an HPA with minReplicas of 1 or more',
      ],
      upstream: ['pkg/controller/podautoscaler/horizontal.go reconcileAutoscaler'],
      fix: `kubectl scale ${kind.toLowerCase()} ${name} --replicas=1`,
    },
  ];
}
