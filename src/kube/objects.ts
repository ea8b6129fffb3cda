import { z } from 'zod';
import type { KubeObject, ObjectMeta } from '../contracts/kube-client.ts';
import { LabError } from '../errors/lab-error.ts';

const text = z.string().exactOptional();
const texts = z.record(z.string(), z.string()).exactOptional();

/** metadata as every object has it; fields that the lab does not read pass through. */
export const Meta: z.ZodType<ObjectMeta> = z.looseObject({
  name: z.string().default(''),
  namespace: text,
  uid: text,
  resourceVersion: text,
  generation: z.number().exactOptional(),
  creationTimestamp: text,
  deletionTimestamp: text,
  deletionGracePeriodSeconds: z.number().exactOptional(),
  labels: texts,
  annotations: texts,
});
const AnyObject: z.ZodType<KubeObject> = z.looseObject({ apiVersion: z.string(), kind: z.string(), metadata: Meta });

/** A foreign value as a Kubernetes object of any kind. Raises ML-KUBE-SHAPE. */
export function parseObject(foreign: unknown): KubeObject {
  return parseAs(AnyObject, foreign, 'an object');
}

/** A foreign value by a schema; `what` names it in the error. Raises ML-KUBE-SHAPE. */
export function parseAs<T extends z.ZodType>(schema: T, foreign: unknown, what: string): z.infer<T> {
  const parsed = schema.safeParse(foreign);
  if (parsed.success) return parsed.data;
  throw new LabError('ML-KUBE-SHAPE', { path: what, reason: z.prettifyError(parsed.error).replaceAll('\n', '; ') });
}
