import type { KubeObject } from '../../contracts/kube-client.ts';
import { forbidden } from '../api/failure.ts';
import { type Fields, fieldsOf, listOf, mapList, textOf } from './fields.ts';
import type { RuleContext } from './kind.ts';
import { compareQuantities } from './quantities.ts';

const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const PODS = { group: '', plural: 'pods' };
/** 3600 + 7: upstream marks the tokens that it extends (serviceaccount/util.go WarnOnlyBoundTokenExpirationSeconds). */
const TOKEN_SECONDS = 3607;
const TOLERATED = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/**
 * What the default admission plugins make of a new pod: Priority, DefaultTolerationSeconds, ServiceAccount. Raises ApiFailure
 * 403 when there is no such account.
 */
export function admitPod(pod: KubeObject, context: RuleContext, suffix: string): KubeObject {
  const spec = fieldsOf(pod['spec']);
  const tolerations = [...listOf(spec['tolerations'])];
  for (const key of TOLERATED) {
    const known = tolerations.some(
      (each) =>
        (each['key'] === key || (each['key'] === undefined && each['operator'] === 'Exists')) &&
        (each['effect'] === 'NoExecute' || each['effect'] === undefined),
    );
    if (!known) tolerations.push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 });
  }
  const account = textOf(spec['serviceAccountName']) || 'default';
  const admitted: Fields = {
    ...spec,
    tolerations,
    serviceAccountName: account,
    serviceAccount: account,
    priority: spec['priority'] ?? 0,
    preemptionPolicy: spec['preemptionPolicy'] ?? 'PreemptLowerPriority',
  };
  return { ...pod, spec: withToken(admitted, pod, account, context, suffix) };
}

function withToken(spec: Fields, pod: KubeObject, account: string, context: RuleContext, suffix: string): Fields {
  const { name, namespace = '' } = pod.metadata;
  const found = context.find('', 'serviceaccounts', namespace, account);
  if (found === undefined) {
    const why = `error looking up service account ${namespace}/${account}: serviceaccount ${JSON.stringify(account)} not found`;
    throw forbidden(PODS, name, why);
  }
  const automount = spec['automountServiceAccountToken'] ?? found['automountServiceAccountToken'] ?? true;
  const volumeName = `kube-api-access-${suffix}`;
  const needs = (container: Fields) =>
    !listOf(container['volumeMounts']).some((mount) => mount['mountPath'] === MOUNT_PATH);
  const all = [...listOf(spec['containers']), ...listOf(spec['initContainers'])];
  if (automount !== true || !all.some(needs)) return spec;
  const mount = { name: volumeName, readOnly: true, mountPath: MOUNT_PATH };
  const mounted = (value: unknown) =>
    mapList(value, (container) =>
      needs(container) ? { ...container, volumeMounts: [...listOf(container['volumeMounts']), mount] } : container,
    );
  const initContainers = mounted(spec['initContainers']);
  return {
    ...spec,
    containers: mounted(spec['containers']),
    ...(initContainers === undefined ? {} : { initContainers }),
    volumes: [...listOf(spec['volumes']), tokenVolume(volumeName)],
  };
}

function tokenVolume(name: string): Fields {
  const namespaceRef = { apiVersion: 'v1', fieldPath: 'metadata.namespace' };
  const sources = [
    { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    { downwardAPI: { items: [{ path: 'namespace', fieldRef: namespaceRef }] } },
  ];
  return { name, projected: { sources, defaultMode: 0o644 } };
}

const COUNTED = ['cpu', 'memory'];

/** pkg/apis/core/v1/helper/qos ComputePodQOS. */
export function qosClass(spec: Fields): string {
  const all = [...listOf(spec['initContainers']), ...listOf(spec['containers'])].map(({ resources }) =>
    fieldsOf(resources),
  );
  const amount = (list: unknown, name: string) => textOf(fieldsOf(list)[name]) || '0';
  const asked = all.some(({ requests, limits }) =>
    COUNTED.some(
      (name) => compareQuantities(amount(requests, name), '0') > 0 || compareQuantities(amount(limits, name), '0') > 0,
    ),
  );
  if (!asked) return 'BestEffort';
  const guaranteed = all.every(({ requests, limits }) =>
    COUNTED.every(
      (name) =>
        compareQuantities(amount(limits, name), '0') > 0 &&
        compareQuantities(amount(requests, name), amount(limits, name)) === 0,
    ),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
