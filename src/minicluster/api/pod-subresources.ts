import { z } from 'zod';
import { fieldsOf, listOf, textOf } from '../kinds/fields.ts';
import { deletionTimestampOf, timeText, withMeta } from './objects.ts';
import { type StructType, struct, text } from '../schema/type.ts';
import { object } from '../types/meta.ts';
import { objectReference } from '../types/reference.ts';
import { badRequest, conflict, invalid } from './failure.ts';
import { notSupported, required } from '../../hpa/api/field-error.ts';
import type { KubeObject } from '../../contracts/kube-client.ts';
import { sendValue } from './present.ts';
import { writeOptions } from './query.ts';
import { bodyObject, checkNamespace, type SpecialResource, writeRequest } from './resource.ts';
import type { Clock } from '../../contracts/clock.ts';
import { int64, list } from '../schema/type.ts';

const bindingType: StructType = object('v1.Binding', { target: objectReference });
const BINDING = { group: '', version: 'v1', kind: 'Binding', type: bindingType };
const evictionType: StructType = object('v1.Eviction', {
  deleteOptions: struct('v1.DeleteOptions', {
    apiVersion: text,
    kind: text,
    gracePeriodSeconds: int64,
    preconditions: struct('v1.Preconditions', { uid: text, resourceVersion: text }),
    propagationPolicy: text,
    dryRun: list(text),
  }),
});
const EVICTION = { group: 'policy', version: 'v1', kind: 'Eviction', type: evictionType };
const SUCCESS = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
const Target = z.object({ kind: z.string().default(''), name: z.string().default('') });
const EvictionOptions = z.object({
  gracePeriodSeconds: z.number().optional(),
  preconditions: z.object({ uid: z.string().optional(), resourceVersion: z.string().optional() }).optional(),
  dryRun: z.array(z.string()).optional(),
});

/** `pods/binding` (registry/core/pod/storage BindingREST): gives a pod to a node, once. */
export function binding(clock: Clock): SpecialResource {
  return {
    POST: async (call) => {
      const { exchange, route, how, ports } = call;
      const { name = '' } = route;
      const bytes = await exchange.body();
      const options = writeOptions(exchange.query, 'CreateOptions');
      const body = bodyObject(call, bytes, BINDING, options);
      checkNamespace(call, body);
      if (body.metadata.name !== '' && body.metadata.name !== name)
        throw badRequest('name in URL does not match name in Binding object');
      const nodeName = nodeOf(body);
      ports.rest.update(writeRequest(call, options), name, 'other', (pod) => bound(pod, nodeName, body, clock));
      sendValue(exchange, 201, SUCCESS, how);
    },
  };
}

/** core/validation ValidatePodBinding. */
function nodeOf(body: KubeObject): string {
  const target = Target.parse(body['target'] ?? {});
  const errors = [
    ...(target.kind === '' || target.kind === 'Node'
      ? []
      : [notSupported(['target', 'kind'], target.kind, ['Node', '<empty>'])]),
    ...(target.name === '' ? [required(['target', 'name'], '')] : []),
  ];
  if (errors.length > 0) throw invalid(BINDING, body.metadata.name, errors);
  return target.name;
}

/** BindingREST.setPodNodeAndMetadata. Raises ApiFailure 409. */
function bound(pod: KubeObject, nodeName: string, body: KubeObject, clock: Clock): KubeObject {
  const { name, annotations } = pod.metadata;
  const spec = fieldsOf(pod['spec']);
  const refuse = (why: string) => conflict({ group: '', plural: 'pods/binding' }, name, why);
  if (deletionTimestampOf(pod) !== undefined)
    throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  const before = textOf(spec['nodeName']);
  if (before !== '') throw refuse(`pod ${name} is already assigned to node ${JSON.stringify(before)}`);
  const status = fieldsOf(pod['status']);
  const others = listOf(status['conditions']).filter(({ type }) => type !== 'PodScheduled');
  const lastTransitionTime = timeText(clock.now());
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime };
  const marked = withMeta(pod, { annotations: mergedAnnotations(annotations, body.metadata.annotations) });
  return { ...marked, spec: { ...spec, nodeName }, status: { ...status, conditions: [...others, scheduled] } };
}

function mergedAnnotations(
  own: Readonly<Record<string, string>> | undefined,
  more: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> | undefined {
  return own === undefined && more === undefined ? undefined : { ...own, ...more };
}

/** `pods/eviction`: a deletion; no budgets are served that could forbid it. */
export const eviction: SpecialResource = {
  POST: async (call) => {
    const { exchange, route, how, ports } = call;
    const bytes = await exchange.body();
    const options = writeOptions(exchange.query, 'CreateOptions');
    const body = bodyObject(call, bytes, EVICTION, options);
    checkNamespace(call, body);
    if (body.metadata.name !== (route.name ?? ''))
      throw badRequest('name in URL does not match name in Eviction object');
    const { dryRun, gracePeriodSeconds, preconditions } = EvictionOptions.parse(body['deleteOptions'] ?? {});
    const request = { ...writeRequest(call, options), dryRun: options.dryRun || (dryRun ?? []).length > 0 };
    ports.rest.delete(request, route.name ?? '', {
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
      ...(preconditions === undefined
        ? {}
        : {
            preconditions: {
              ...(preconditions.uid === undefined ? {} : { uid: preconditions.uid }),
              ...(preconditions.resourceVersion === undefined
                ? {}
                : { resourceVersion: preconditions.resourceVersion }),
            },
          }),
    });
    sendValue(exchange, 201, SUCCESS, how);
  },
};
