import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { haveReal } from '../../helpers/real-binaries.ts';
import { eventually, NodeCluster } from './cluster.ts';
import { nodeRbac } from '../../../src/minicluster/node/manifests.ts';
import { deployment, pod, READINESS } from './objects.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

describe.runIf(haveReal())('pods of the process node on a real control plane', () => {
  const cluster = new NodeCluster();
  const field = (name: string, path: string) => cluster.kubectl('get', 'pod', name, '-o', `jsonpath={${path}}`);
  const logged = (text: string, ...args: readonly string[]) =>
    eventually(`"${text}" in the log`, async () => {
      const log = await cluster.kubectl('logs', ...args);
      return log.includes(text) && log;
    });
  beforeAll(() => cluster.start());
  afterAll(() => cluster.close());

  it('runs a Deployment with pod addresses that are not loopback', async () => {
    await cluster.apply(deployment('web', { replicas: 2 }));
    await cluster.kubectl('rollout', 'status', 'deployment/web', '--timeout=30s');
    const pods = await cluster.kubectl('get', 'pods', '-l', 'app=web', '-o', 'wide');
    expect(pods.match(/1\/1 +Running +0 /g)).toHaveLength(2);
    expect(pods).toMatch(/10\.244\.0\.\d+ +node-1/);
    expect(await cluster.kubectl('get', 'nodes', '-o', 'wide')).toMatch(/node-1 +Ready .* v1\.\d+\.\d+ +127\.0\.0\.1/);
    expect(await logged('listening', 'deployment/web')).toMatch(/^hello from web-/);
  });

  it('gives containers their environment and nothing of the node', async () => {
    await cluster.kubectl('create', 'secret', 'generic', 'keys', '--from-literal=password=s3cret');
    await cluster.kubectl('create', 'configmap', 'settings', '--from-literal=colour=blue');
    const container = {
      args: ['--greet=$(GREETING)', '$(UNKNOWN)'],
      envFrom: [{ prefix: 'CM_', configMapRef: { name: 'settings' } }],
      env: [
        { name: 'GREETING', value: 'hi' },
        { name: 'TWICE', value: '$(GREETING)-$(GREETING)' },
        { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'keys', key: 'password' } } },
        { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      ],
    };
    await cluster.apply(pod('env', { container }));
    await cluster.kubectl('wait', '--for=condition=Ready', 'pod/env', '--timeout=20s');
    await cluster.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'env' },
      spec: { selector: { app: 'env' }, ports: [{ port: 80, targetPort: 'http' }] },
    });
    const env = await eventually('the environment', async () => {
      const answer = await fetch(`http://${await localAddress('env')}/env`);
      return (await answer.json()) as Record<string, string>;
    });
    expect(env).toMatchObject({
      CM_colour: 'blue',
      TWICE: 'hi-hi',
      PASSWORD: 's3cret',
      POD_IP: await field('env', '.status.podIP'),
      HOSTNAME: 'env',
      HOST: '127.0.0.1',
      PORT: env['PORT_HTTP'],
      METRICS_LAB_OWNER: cluster.dir,
      METRICS_LAB_PARENT: String(cluster.nodeProcess?.pid),
    });
    expect(env).not.toHaveProperty('NODE_SECRET');
    expect(env).not.toHaveProperty('NODE_CONFIG');
    expect(await logged('listening', 'env')).toContain('args=["--greet=hi","$(UNKNOWN)"]');
  });

  it('says what is missing, and starts when it is there', async () => {
    const env = [{ name: 'LATE', valueFrom: { configMapKeyRef: { name: 'late', key: 'value' } } }];
    await cluster.apply(pod('late', { container: { env } }));
    await eventually('CreateContainerConfigError', async () =>
      (await cluster.kubectl('describe', 'pod', 'late')).includes('configmap "late" not found'),
    );
    expect(await cluster.kubectl('get', 'pod', 'late')).toContain('CreateContainerConfigError');
    await cluster.kubectl('create', 'configmap', 'late', '--from-literal=value=here');
    await cluster.kubectl('wait', '--for=condition=Ready', 'pod/late', '--timeout=20s');
  });

  it('refuses an image that it has no program for', async () => {
    await cluster.apply(pod('strange', { container: { image: 'nginx:1' } }));
    await eventually('ImagePullBackOff', async () =>
      (await cluster.kubectl('get', 'pod', 'strange')).includes('ImagePullBackOff'),
    );
    expect(await cluster.kubectl('describe', 'pod', 'strange')).toContain(
      'the process node has no program for this image; it has: test/worker',
    );
    await cluster.kubectl('delete', 'pod', 'strange', '--timeout=10s');
  });

  it('serves logs by every option of kubectl logs', async () => {
    await cluster.apply(pod('talk', { env: { LINES: '2000' } }));
    const all = (await logged('listening', 'talk')).trimEnd().split('\n');
    expect(all).toHaveLength(2002);
    expect(await cluster.kubectl('logs', 'talk', '--tail=2')).toBe('line 2000\nlistening\n');
    expect(await cluster.kubectl('logs', 'talk', '--tail=0')).toBe('');
    expect(await cluster.kubectl('logs', 'talk', '--limit-bytes=5')).toBe('hello');
    expect(await cluster.kubectl('logs', 'talk', '--since=1h')).toBe(`${all.join('\n')}\n`);
    expect(await cluster.kubectl('logs', 'talk', '--since-time=2999-01-01T00:00:00Z')).toBe('');
    const stamped = (await cluster.kubectl('logs', 'talk', '--timestamps')).trimEnd().split('\n');
    expect(stamped).toHaveLength(2002);
    for (const line of stamped) expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /);
  });

  it('follows a log until the container ends, and deletes with grace', async () => {
    const { child, output } = cluster.follow('logs', '-f', 'talk', '--tail=1');
    await eventually('the first line', async () => output() === 'listening\n');
    const exited = once(child, 'exit');
    await cluster.kubectl('delete', 'pod', 'talk', '--timeout=10s');
    await exited;
    expect(output()).toBe('listening\ngot SIGTERM\n');
    await expect(cluster.kubectl('get', 'pod', 'talk')).rejects.toThrow('NotFound');
  });

  it('kills what ignores SIGTERM when the grace is over, and at once when forced', async () => {
    const mark = join(cluster.dir, 'stubborn');
    const spec = { terminationGracePeriodSeconds: 1 };
    await cluster.apply(pod('stubborn', { env: { IGNORE_TERM: '1', MARK: mark }, spec }));
    await logged('listening', 'stubborn');
    await cluster.kubectl('delete', 'pod', 'stubborn', '--timeout=10s');
    expect(readFileSync(mark, 'utf8')).toBe('stubborn start\nstubborn term\n');
    await cluster.apply(pod('forced', { env: { IGNORE_TERM: '1', MARK: mark } }));
    await logged('listening', 'forced');
    await cluster.kubectl('delete', 'pod', 'forced', '--force', '--grace-period=0');
    await eventually('no process of it', async () => (await children()) === 4);
    expect(readFileSync(mark, 'utf8')).not.toContain('forced term');
  });

  it('restarts a crashing container with back-off, and keeps the previous log', async () => {
    await cluster.apply(pod('crash', { env: { EXIT_AFTER_MS: '300', EXIT_CODE: '3' } }));
    await eventually('CrashLoopBackOff', async () =>
      (await cluster.kubectl('get', 'pod', 'crash')).includes('CrashLoopBackOff'),
    );
    expect(await field('crash', '.status.containerStatuses[0].restartCount')).toBe('1');
    expect(await field('crash', '.status.phase')).toBe('Running');
    const uid = await field('crash', '.metadata.uid');
    expect(await field('crash', '.status.containerStatuses[0].state.waiting.message')).toBe(
      `back-off 10s restarting failed container=main pod=crash_default(${uid})`,
    );
    const described = await cluster.kubectl('describe', 'pod', 'crash');
    expect(described).toMatch(/Last State: +Terminated\n +Reason: +Error\n +Exit Code: +3/);
    expect(described).toContain('Back-off restarting failed container main in pod crash_default');
    expect(await cluster.kubectl('logs', 'crash', '--previous')).toContain('hello from crash');
    await expect(cluster.kubectl('logs', 'env', '--previous')).rejects.toThrow(
      'previous terminated container "main" in pod "env" not found',
    );
  });

  it('ends pods that run to completion', async () => {
    const spec = { restartPolicy: 'Never' };
    const initContainers = [{ name: 'first', image: 'test/worker', env: [{ name: 'EXIT_AFTER_MS', value: '50' }] }];
    await cluster.apply(pod('done', { env: { EXIT_AFTER_MS: '50' }, spec: { ...spec, initContainers } }));
    await cluster.apply(pod('failed', { env: { EXIT_AFTER_MS: '50', EXIT_CODE: '4' }, spec }));
    await eventually('Succeeded', async () => (await field('done', '.status.phase')) === 'Succeeded');
    await eventually('Failed', async () => (await field('failed', '.status.phase')) === 'Failed');
    expect(await cluster.kubectl('get', 'pods', 'done', 'failed')).toMatch(
      /done +0\/1 +Completed[^]*failed +0\/1 +Error/,
    );
    expect(await field('done', '.status.initContainerStatuses[0].state.terminated.reason')).toBe('Completed');
    await cluster.kubectl('delete', 'pod', 'done', 'failed', '--timeout=10s');
  });

  it('lets readiness decide about endpoints, and liveness about restarts', async () => {
    const livenessProbe = { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 1, failureThreshold: 1 };
    const container = { readinessProbe: READINESS, livenessProbe };
    await cluster.apply(pod('gate', { env: { READY: 'later' }, container }));
    await cluster.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'gate' },
      spec: { selector: { app: 'gate' }, ports: [{ port: 80, targetPort: 'http' }] },
    });
    const ready = () =>
      cluster.kubectl(
        'get',
        'endpointslices',
        '-l',
        'kubernetes.io/service-name=gate',
        '-o',
        'jsonpath={..conditions.ready}',
      );
    await eventually('an endpoint that is not ready', async () => (await ready()) === 'false');
    await eventually('the event', async () =>
      /Unhealthy .*Readiness probe failed: HTTP probe failed with statuscode: 503/.test(
        await cluster.kubectl('describe', 'pod', 'gate'),
      ),
    );
    const address = await eventually('the proxy', () => localAddress('gate'));
    await expect(fetch(`http://${address}/`)).rejects.toThrow();
    const port = (await hostPort('gate')) ?? 0;
    await fetch(`http://127.0.0.1:${port}/make-ready`);
    await eventually('a ready endpoint', async () => (await ready()) === 'true');
    expect(await (await fetch(`http://${address}/`)).text()).toBe('gate\n');
    await fetch(`http://${address}/make-dead`);
    await eventually(
      'a restart',
      async () => (await field('gate', '.status.containerStatuses[0].restartCount')) === '1',
    );
    expect(await cluster.kubectl('describe', 'pod', 'gate')).toContain(
      'Container main failed liveness probe, will be restarted',
    );
  });

  it('spreads connections of a Service over its pods', async () => {
    await cluster.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
    });
    const address = await eventually('the proxy', () => localAddress('web'));
    const answers = new Set<string>();
    for (let n = 0; n < 4; n += 1) {
      answers.add(await (await fetch(`http://${address}/`, { headers: { connection: 'close' } })).text());
    }
    expect(answers.size).toBe(2);
  });

  it('has no right that it does not use', async () => {
    const [role] = nodeRbac('node-1', true) as unknown as readonly [{ rules: readonly Rule[] }];
    const granted = role.rules.flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`)),
      ),
    );
    // The crashing pod's event is counted with its next back-off.
    await eventually('a counted event', async () => cluster.asked().has('patch /events'));
    const asked = cluster.asked();
    expect(granted.filter((right) => !asked.has(right))).toEqual([]);
  });

  /** From the service's annotation. */
  async function localAddress(service: string): Promise<string | undefined> {
    const path = 'jsonpath={.metadata.annotations.metricslab\\.dev/local-address}';
    return (await cluster.kubectl('get', 'service', service, '-o', path)) || undefined;
  }

  /** The port that a pod's process was given. */
  async function hostPort(name: string): Promise<number | undefined> {
    const { identified } = await import('./processes.ts');
    return Number(identified(cluster.dir).find(({ env }) => env['HOSTNAME'] === name)?.env['PORT']) || undefined;
  }

  async function children(): Promise<number> {
    const { identified } = await import('./processes.ts');
    return identified(cluster.dir).filter(({ env }) => env['METRICS_LAB_CONTAINER'] !== undefined).length;
  }
});
