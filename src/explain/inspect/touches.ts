import { z } from 'zod';
import type { HpaV2 } from '../../hpa/index.ts';
import { parseAs } from '../../kube/objects.ts';
import { inScope, listNeed } from '../collect/lists.ts';
import type { Reader } from '../collect/reader.ts';
import type { Toucher } from './inspection.ts';

const Ref = z.looseObject({ kind: z.string().default('Deployment'), name: z.string().default('') });
const named = <T extends z.ZodType>(spec: T) =>
  z.object({
    items: z.preprocess(
      (value) => value ?? [],
      z.array(z.object({ metadata: z.looseObject({ name: z.string() }), spec })),
    ),
  });
const ScaledObjects = named(z.looseObject({ scaleTargetRef: Ref }));
const Vpas = named(
  z.looseObject({
    targetRef: Ref.nullish(),
    updatePolicy: z.looseObject({ updateMode: z.string().optional() }).nullish(),
  }),
);
const Managed = z.looseObject({
  metadata: z.looseObject({
    managedFields: z
      .array(
        z.looseObject({
          manager: z.string().default(''),
          operation: z.string().default(''),
          subresource: z.string().optional(),
          time: z.string().nullish(),
          fieldsV1: z.record(z.string(), z.unknown()).optional(),
        }),
      )
      .default([]),
  }),
});

/** Other HPAs of the namespace with the same target. Pure. */
export function otherHpas(hpa: HpaV2, others: readonly HpaV2[]): readonly Toucher[] {
  const { kind, name } = hpa.spec.scaleTargetRef;
  return others
    .filter(({ spec }) => spec.scaleTargetRef.kind === kind && spec.scaleTargetRef.name === name)
    .map(({ metadata, spec }) => ({
      kind: 'HorizontalPodAutoscaler',
      name: metadata.name ?? '',
      what: `scales the same target between ${spec.minReplicas ?? 1} and ${spec.maxReplicas}`,
    }));
}

/**
 * Owners of .spec.replicas, ScaledObjects and VerticalPodAutoscalers of the target; an API that the cluster does not have is
 * nobody. What may not be read is in `reader.unread`. Raises ML-KUBE-UNREACHABLE.
 */
export async function readTouches(
  reader: Reader,
  hpa: HpaV2,
  namespace: string,
  target: unknown,
): Promise<readonly Toucher[]> {
  const { kind, name } = hpa.spec.scaleTargetRef;
  const mine = (ref: { readonly kind: string; readonly name: string }) => ref.kind === kind && ref.name === name;
  const scaled = await listed(reader, 'keda.sh/v1alpha1', 'scaledobjects', namespace);
  const vpas = await listed(reader, 'autoscaling.k8s.io/v1', 'verticalpodautoscalers', namespace);
  return [
    ...replicasOwners(target),
    ...parseAs(ScaledObjects, scaled, 'a list of ScaledObjects')
      .items.filter(({ spec }) => mine(spec.scaleTargetRef))
      .map(({ metadata }) => ({ kind: 'ScaledObject', name: metadata.name, what: 'KEDA makes and owns an HPA of it' })),
    ...parseAs(Vpas, vpas, 'a list of VerticalPodAutoscalers')
      .items.filter(({ spec }) => spec.targetRef != null && mine(spec.targetRef))
      .map(({ metadata, spec }) => ({
        kind: 'VerticalPodAutoscaler',
        name: metadata.name,
        what: `changes the requests of its pods (mode ${spec.updatePolicy?.updateMode ?? 'Auto'}), and with them utilization`,
      })),
  ];
}

async function listed(reader: Reader, groupVersion: string, plural: string, namespace: string): Promise<unknown> {
  const path = inScope(`/apis/${groupVersion}`, namespace, plural);
  const answer = await reader.ask(path, listNeed(groupVersion.split('/')[0] ?? '', plural, namespace));
  return answer?.status === 200 ? answer.body : { items: [] };
}

/** managedFields that own .spec.replicas of the target, also through its scale. */
function replicasOwners(target: unknown): readonly Toucher[] {
  const parsed = Managed.safeParse(target);
  if (!parsed.success) return [];
  return parsed.data.metadata.managedFields
    .filter(({ fieldsV1 }) => {
      const spec = fieldsV1?.['f:spec'];
      return typeof spec === 'object' && spec !== null && 'f:replicas' in spec;
    })
    .map(({ manager, operation, subresource, time }) => ({
      kind: 'field manager',
      name: manager,
      what: `owns .spec.replicas (${operation}${subresource === undefined ? '' : ` of ${subresource}`}${time == null ? '' : `, ${time}`})`,
    }));
}
