import { createHash } from 'node:crypto';
import type { KubeObject } from '../contracts/kube-client.ts';
import type { LabSpec } from '../contracts/lab-spec.ts';
import { RESTRICTED_CONTAINER, restrictedPod } from '../kube/pod-security.ts';
import { keptSafe, named } from './manifests.ts';
import { MAX_JOB_BYTES, redisConfig } from './queue-server.ts';

/** Name of the queue server's Deployment and Service. */
export const QUEUE = 'queue';
const CONFIG = 'queue-server';
const DATA = '/data';

interface ServerImage {
  readonly image: string;
  readonly port: number;
  readonly user: number;
}
const REDIS: ServerImage = { image: 'redis:8', port: 6379, user: 999 };
const BEANSTALKD: ServerImage = { image: 'schickling/beanstalkd', port: 11_300, user: 65_534 };

function serverOf(spec: LabSpec): ServerImage {
  return spec.queue.kind === 'beanstalkd' ? BEANSTALKD : REDIS;
}

/** The public image of the lab's own queue server. */
export function queueImage(spec: LabSpec): string {
  return serverOf(spec).image;
}

/** How pods reach the lab's own queue server. Holds the password. */
export function queuePodUrl(spec: LabSpec, password: string): string {
  const { port } = serverOf(spec);
  const host = `${QUEUE}.${spec.namespace}.svc`;
  return spec.queue.kind === 'beanstalkd'
    ? `beanstalkd://${host}:${port}`
    : `redis://:${encodeURIComponent(password)}@${host}:${port}`;
}

/**
 * The lab's own queue server as a pod. Its data outlives its container, not its pod: a lab is not where data is kept. One at a
 * time (Recreate): two servers would be two queues.
 */
export function queueManifests(
  spec: LabSpec,
  password: string,
  digestOf: (text: string) => string = shortDigest,
): readonly KubeObject[] {
  const { port } = serverOf(spec);
  const config = redisConfig({ bind: '0.0.0.0', port, password, dir: DATA });
  const service = {
    ...named(spec, 'v1', 'Service', QUEUE),
    spec: { selector: { 'app.kubernetes.io/name': QUEUE }, ports: [{ name: 'queue', port, targetPort: 'queue' }] },
  };
  if (spec.queue.kind === 'beanstalkd') return [deployment(spec, beanstalkd(port), [], {}), service];
  const secret = {
    ...named(spec, 'v1', 'Secret', CONFIG),
    type: 'Opaque',
    data: { 'redis.conf': Buffer.from(config).toString('base64') },
  };
  // A server reads its configuration once: the pod is made anew when it changes.
  const volume = { name: 'config', secret: { secretName: CONFIG } };
  return [secret, deployment(spec, redis(port), [volume], { 'metricslab.dev/config': digestOf(config) }), service];
}

function shortDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function redis(port: number): object {
  const script = ['redis-server', '/etc/redis/redis.conf'];
  return {
    command: script,
    ports: [{ name: 'queue', containerPort: port }],
    volumeMounts: [
      { name: 'data', mountPath: DATA },
      { name: 'config', mountPath: '/etc/redis', readOnly: true },
    ],
  };
}

function beanstalkd(port: number): object {
  return {
    command: ['beanstalkd', '-l', '0.0.0.0', '-p', String(port), '-b', DATA, '-f', '50', '-z', String(MAX_JOB_BYTES)],
    ports: [{ name: 'queue', containerPort: port }],
    volumeMounts: [{ name: 'data', mountPath: DATA }],
  };
}

function deployment(
  spec: LabSpec,
  container: object,
  volumes: readonly object[],
  annotations: Readonly<Record<string, string>>,
): KubeObject {
  const { image, user } = serverOf(spec);
  const labels = { 'app.kubernetes.io/name': QUEUE, 'app.kubernetes.io/part-of': 'metrics-lab' };
  return {
    ...named(spec, 'apps/v1', 'Deployment', QUEUE),
    spec: {
      replicas: 1,
      strategy: { type: 'Recreate' },
      selector: { matchLabels: { 'app.kubernetes.io/name': QUEUE } },
      template: {
        metadata: { labels, annotations },
        spec: {
          terminationGracePeriodSeconds: 10,
          enableServiceLinks: false,
          automountServiceAccountToken: false,
          ...keptSafe(spec),
          securityContext: restrictedPod(user),
          containers: [
            {
              name: QUEUE,
              image,
              imagePullPolicy: 'IfNotPresent',
              ...container,
              readinessProbe: { tcpSocket: { port: 'queue' }, periodSeconds: 2, timeoutSeconds: 5 },
              resources: { requests: { cpu: '10m', memory: '32Mi' } },
              securityContext: RESTRICTED_CONTAINER,
            },
          ],
          volumes: [{ name: 'data', emptyDir: {} }, ...volumes],
        },
      },
    },
  };
}
