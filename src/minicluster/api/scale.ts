import type { KubeObject } from '../../contracts/kube-client.ts';
import { invalid, numeric } from '../../hpa/api/field-error.ts';
import type { Kind, ScaleRules } from '../kinds/kind.ts';
import { scaleType } from '../types/apps.ts';
import { invalid as invalidObject } from './failure.ts';
import { fieldAt, sameJson, withMeta } from './objects.ts';
import { ownedAfterScale } from '../apply/scale-owners.ts';
import { applyPatch, patchKindOf, readPatch } from './patch.ts';
import { sendValue } from './present.ts';
import { writeOptions, type WriteOptions } from './query.ts';
import { bodyObject, type Call, checkName, checkNamespace, type SpecialResource, writeRequest } from './resource.ts';

const WANT = { group: 'autoscaling', version: 'v1', kind: 'Scale', type: scaleType };

/** The subresource `scale` of a kind (registry/apps/deployment/storage ScaleREST). */
export function scaleOf(rules: ScaleRules): SpecialResource {
  return {
    GET: ({ exchange, route, how, ports }) => {
      const { object } = ports.rest.get(route.kind, route.namespace, route.name ?? '');
      sendValue(exchange, 200, shown(object, rules), how);
    },
    PUT: async (call) => {
      const bytes = await call.exchange.body();
      const options = writeOptions(call.exchange.query, 'UpdateOptions');
      const scale = bodyObject(call, bytes, WANT, options);
      checkNamespace(call, scale);
      checkName(scale, call.route.name ?? '');
      write(call, options, rules, 'Update', () => scale);
    },
    PATCH: async (call) => {
      const { exchange, route, shown: of } = call;
      const type = patchKindOf(exchange.header('content-type'), of.kind.custom === true);
      const bytes = await exchange.body();
      const options = writeOptions(exchange.query, 'PatchOptions', type === 'apply');
      const change = readPatch(bytes, type === 'apply' ? 'merge' : type);
      write(call, options, rules, type === 'apply' ? 'Apply' : 'Update', (present) => {
        const scale = applyPatch(change, shown(present, rules), WANT, options, (text) => exchange.warn(text));
        checkName(scale, route.name ?? '');
        return scale;
      });
    },
  };
}

function write(
  call: Call,
  options: WriteOptions,
  rules: ScaleRules,
  operation: 'Apply' | 'Update',
  scaled: (present: KubeObject) => KubeObject,
): void {
  const { exchange, route, how, ports } = call;
  const request = { ...writeRequest(call, options), ownership: 'given' as const };
  const writing = {
    ...request,
    path: rules.specReplicas,
    operation,
    force: options.force === true,
  };
  const { object } = ports.rest.update(request, route.name ?? '', 'main', (present) => {
    const scale = scaled(present);
    const replicas = Number(fieldAt(scale, ['spec', 'replicas']) ?? 0);
    if (replicas < 0 && route.kind.custom !== true) {
      const error = invalid(['spec', 'replicas'], numeric(replicas), 'must be greater than or equal to 0');
      throw invalidObject(WANT, scale.metadata.name, [error]);
    }
    // A scale without a version takes whatever is there.
    const { resourceVersion = present.metadata.resourceVersion ?? '' } = scale.metadata;
    const changed = withField(present, rules.specReplicas, replicas) as KubeObject;
    const differs = !sameJson(changed, present);
    return ownedAfterScale(writing, present, withMeta(changed, { resourceVersion }), differs);
  });
  sendValue(exchange, 200, shown(object, rules), how);
}

function shown(object: KubeObject, rules: ScaleRules): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const replicas = Number(fieldAt(object, rules.specReplicas) ?? 0);
  const selector = rules.selector(object);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp } as KubeObject['metadata'],
    // Both have omitempty.
    spec: replicas === 0 ? {} : { replicas },
    status: {
      replicas: Number(fieldAt(object, rules.statusReplicas) ?? 0),
      ...(selector === '' ? {} : { selector }),
    },
  };
}

function withField(object: unknown, path: readonly string[], value: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  const fields = (object ?? {}) as Readonly<Record<string, unknown>>;
  return { ...fields, [name]: withField(fields[name], rest, value) };
}

/** Of a kind that has one. */
export function scaleFor(kind: Kind): SpecialResource | undefined {
  const rules = kind.subresources?.scale;
  return rules === undefined ? undefined : scaleOf(rules);
}
