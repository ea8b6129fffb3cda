import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { HpaV2 } from '../../hpa/index.ts';
import { parseAs } from '../../kube/objects.ts';
import { type Check, check } from '../report.ts';
import type { ApiServiceObject } from './api-service.ts';
import type { ClusterReader } from './cluster-reader.ts';

const ConfigMap = z.looseObject({ data: z.record(z.string(), z.string()).default({}) });
const NAME = 'extension-apiserver-authentication';

/** The CA by which an aggregated server knows the API server that passes requests on. Raises ML-KUBE-UNREACHABLE. */
export async function requestHeaderCheck(cluster: ClusterReader): Promise<Check> {
  const id = 'metrics-path/request-header-ca';
  const path = `/api/v1/namespaces/kube-system/configmaps/${NAME}`;
  const found = await cluster.get(path, `get configmap ${NAME}`);
  const fix =
    'start kube-apiserver with --requestheader-client-ca-file, --proxy-client-cert-file and --proxy-client-key-file';
  if (found === 'absent')
    return check(id, 'broken', `there is no ConfigMap kube-system/${NAME}`, {
      evidence: [`observed: GET ${path}: 404`],
      fix,
    });
  if ('unknown' in found) return check(id, 'unknown', `unknown: ${found.unknown}`);
  const pem = parseAs(ConfigMap, found.body, 'a ConfigMap').data['requestheader-client-ca-file'];
  if (pem === undefined || pem === '') {
    const evidence = [`observed: ConfigMap kube-system/${NAME} has no requestheader-client-ca-file`];
    return check(
      id,
      'broken',
      'the API server tells aggregated servers no request-header CA, so they refuse whom it vouches for',
      { evidence, fix },
    );
  }
  const { validTo } = new X509Certificate(pem);
  if (Date.parse(validTo) < cluster.reader.now())
    return check(id, 'broken', `the request-header CA has expired (${validTo})`, {
      fix: 'renew the front-proxy CA and client certificate of the API server',
    });
  return check(id, 'ok', `the request-header CA is valid until ${validTo}`, {
    evidence: [`observed: ConfigMap kube-system/${NAME}`],
  });
}

const Nodes = z.object({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({ labels: z.record(z.string(), z.string()).default({}) }),
      spec: z.looseObject({ providerID: z.string().default('') }).default({ providerID: '' }),
    }),
  ),
});
const Deployments = z.object({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({ name: z.string(), namespace: z.string().default('') }),
      spec: z.looseObject({
        template: z.looseObject({
          metadata: z.looseObject({ labels: z.record(z.string(), z.string()).default({}) }).default({ labels: {} }),
          spec: z.looseObject({ containers: z.array(z.looseObject({ args: z.array(z.string()).nullish() })) }),
        }),
      }),
      status: z.looseObject({ availableReplicas: z.number().default(0) }).default({ availableReplicas: 0 }),
    }),
  ),
});

/**
 * kind and minikube: kubelets serve with certificates of their own, which metrics-server refuses unless told. It is ready only when it has read
 * kubelets (its readyz check metric-storage-ready), so that one that is available needs no flag. Raises ML-KUBE-UNREACHABLE.
 */
export async function kubeletTlsCheck(
  cluster: ClusterReader,
  apiServices: readonly ApiServiceObject[],
): Promise<Check> {
  const id = 'kubelet-tls';
  const nodes = await cluster.get('/api/v1/nodes', 'list nodes');
  if (nodes !== 'absent' && 'unknown' in nodes) return check(id, 'unknown', `unknown: ${nodes.unknown}`);
  const items = nodes === 'absent' ? [] : parseAs(Nodes, nodes.body, 'a list of nodes').items;
  const tool = items.some(({ spec }) => spec.providerID.startsWith('kind://'))
    ? 'kind'
    : items.some(({ metadata }) => metadata.labels['minikube.k8s.io/name'] !== undefined)
      ? 'minikube'
      : undefined;
  if (tool === undefined) return check(id, 'skipped', 'the nodes are neither of kind nor of minikube');
  const backend = apiServices.find(({ spec }) => spec.group === 'metrics.k8s.io')?.spec.service;
  if (backend == null) return check(id, 'skipped', `${tool}: metrics.k8s.io is not registered`);
  const found = await cluster.get(`/apis/apps/v1/namespaces/${backend.namespace}/deployments`, 'list deployments');
  if (found !== 'absent' && 'unknown' in found) return check(id, 'unknown', `unknown: ${found.unknown}`);
  const server = (found === 'absent' ? [] : parseAs(Deployments, found.body, 'a list of Deployments').items).find(
    ({ metadata }) => metadata.name === backend.name,
  );
  if (server === undefined)
    return check(id, 'skipped', `${tool}: no Deployment is called like service ${backend.name}`);
  const told = server.spec.template.spec.containers.some(
    ({ args }) => args?.some((arg) => /^--kubelet-(insecure-tls|certificate-authority)/.test(arg)) === true,
  );
  if (told) return check(id, 'ok', `${backend.name} is told how to see the kubelets of ${tool}`);
  const { availableReplicas } = server.status;
  if (availableReplicas > 0)
    return check(id, 'ok', `${backend.name} reads the kubelets of ${tool}`, {
      evidence: [`observed: ${availableReplicas} available replica(s), without --kubelet-insecure-tls`],
    });
  return check(
    id,
    'broken',
    `${backend.name} is not told that the kubelets of ${tool} have certificates that nobody signed, and has no available replica`,
    {
      evidence: [
        'observed: no argument --kubelet-insecure-tls or --kubelet-certificate-authority',
        `observed: Deployment ${backend.namespace}/${backend.name} has no available replica; its log would say x509`,
      ],
      fix: `kubectl patch deployment ${backend.name} -n ${backend.namespace} --type json -p '[{"op":"add","path":"/spec/template/spec/containers/0/args/-","value":"--kubelet-insecure-tls"}]'`,
    },
  );
}

/** Gate HPAScaleToZero: of the API server by its own metrics, of the controller by what it wrote. Raises ML-KUBE-UNREACHABLE. */
export async function zeroGateCheck(cluster: ClusterReader, hpas: readonly HpaV2[]): Promise<Check> {
  const id = 'scale-to-zero';
  const wanted = hpas.filter(({ spec }) => spec.minReplicas === 0);
  const found = await cluster.get('/metrics', 'get /metrics of the API server');
  const gate = found !== 'absent' && 'body' in found ? gateOf(String(found.body)) : undefined;
  const unread =
    found !== 'absent' && 'unknown' in found ? `unknown: ${found.unknown}` : 'the API server does not tell its gates';
  const told =
    gate === undefined ? unread : `observed: gate HPAScaleToZero is ${gate ? 'on' : 'off'} in the API server`;
  if (wanted.length === 0) {
    if (found !== 'absent' && 'unknown' in found) return check(id, 'unknown', unread);
    return check(id, 'skipped', `no HPA wants zero (${told})`);
  }
  const seen = wanted.filter(({ status }) => status.conditions?.some(({ type }) => type === 'ScaledToZero'));
  const stuck = wanted.filter(
    (hpa) => hpa.status.desiredReplicas === 0 && !seen.includes(hpa) && hpa.status.conditions !== undefined,
  );
  if (stuck.length > 0) {
    return check(
      id,
      'broken',
      `HPA ${stuck[0]?.metadata.name ?? ''} is at zero and has no condition ScaledToZero: the controller cannot bring it back`,
      {
        evidence: [told, 'observed: no condition ScaledToZero'],
        fix: 'set --feature-gates=HPAScaleToZero=true on kube-controller-manager as well as on kube-apiserver (both on by default from 1.37)',
      },
    );
  }
  if (gate === undefined && found !== 'absent' && 'unknown' in found) return check(id, 'unknown', unread);
  return check(id, 'ok', `${wanted.length} HPA(s) with minReplicas 0 were accepted`, {
    evidence: [told, `observed: ${seen.length} with condition ScaledToZero`],
  });
}

/** component-base metrics/prometheus/feature: kubernetes_feature_enabled{name="…",stage="…"} 1 */
function gateOf(metrics: string): boolean | undefined {
  const found = /^kubernetes_feature_enabled\{name="HPAScaleToZero"[^}]*\} (\d)/m.exec(metrics)?.[1];
  return found === undefined ? undefined : found === '1';
}
