import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EmbeddedCluster, startEmbedded } from '../helpers/embedded-cluster.ts';
import { binDir, haveReal } from '../helpers/real-binaries.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const MANIFEST = `apiVersion: apps/v1
kind: Deployment
metadata: {name: app, namespace: lab}
spec:
  selector: {matchLabels: {app: app}}
  template: {metadata: {labels: {app: app}}, spec: {containers: [{name: c, image: "lab/app:1"}]}}
`;

describe.skipIf(!haveReal())('the real kubectl', () => {
  const dir = tempDir();
  const file = join(dir.path, 'app.yaml');
  let cluster: EmbeddedCluster;

  beforeAll(async () => {
    cluster = await startEmbedded(dir.path);
    writeFileSync(file, MANIFEST);
    await kubectl('create', 'namespace', 'lab');
    await kubectl('create', 'serviceaccount', 'default', '-n', 'lab');
  });
  afterAll(() => {
    cluster.stop();
    dir[Symbol.dispose]();
  });

  function kubectl(...args: readonly string[]): Promise<string> {
    const env = { ...process.env, KUBECONFIG: cluster.kubeconfig, HOME: dir.path };
    return new Promise((resolve, reject) => {
      execFile(join(binDir(), 'kubectl'), [...args], { env }, (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`kubectl ${args.join(' ')}: ${stderr}`, { cause: error }));
      });
    });
  }

  test('applies, changes and reads a deployment without flags', async () => {
    expect(await kubectl('apply', '-f', file)).toBe('deployment.apps/app created\n');
    expect(await kubectl('apply', '-f', file)).toBe('deployment.apps/app unchanged\n');
    expect(await kubectl('apply', '--server-side', '--force-conflicts', '-f', file)).toContain('serverside-applied');
    expect(await kubectl('scale', 'deploy/app', '--replicas=3', '-n', 'lab')).toBe('deployment.apps/app scaled\n');
    expect(await kubectl('get', 'deploy', 'app', '-n', 'lab', '-o', 'jsonpath={.spec.replicas}')).toBe('3');
    expect(await kubectl('set', 'image', 'deploy/app', 'c=lab/app:2', '-n', 'lab')).toContain('image updated');
    expect(await kubectl('get', 'deploy', '-n', 'lab', '-o', 'wide')).toMatch(
      /^app\s+0\/3\s+0\s+0\s+\S+\s+c\s+lab\/app:2/m,
    );
  });

  test('creates objects whose bodies it sends as protobuf', async () => {
    expect(await kubectl('create', 'configmap', 'a', '--from-literal=k=v', '-n', 'lab')).toBe('configmap/a created\n');
    expect(await kubectl('create', 'deployment', 'web', '--image=x', '-n', 'lab')).toBe(
      'deployment.apps/web created\n',
    );
    expect(await kubectl('autoscale', 'deploy', 'web', '--max=5', '-n', 'lab')).toContain('autoscaled');
    expect(await kubectl('get', 'hpa', '-n', 'lab')).toMatch(
      /^web\s+Deployment\/web\s+cpu: <unknown>\/80%\s+1\s+5\s+0/m,
    );
    expect(await kubectl('create', 'token', 'default', '-n', 'lab')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\s*$/);
  });

  test('asks who may do what', async () => {
    const account = '--as=system:serviceaccount:lab:default';
    const ask = () => kubectl('auth', 'can-i', 'get', 'pods', '-n', 'lab', account).catch(() => 'no\n');
    expect(await ask()).toBe('no\n');
    await kubectl('create', 'role', 'reader', '--verb=get', '--resource=pods', '-n', 'lab');
    await kubectl('create', 'rolebinding', 'reader', '--role=reader', '--serviceaccount=lab:default', '-n', 'lab');
    expect(await ask()).toBe('yes\n');
    expect(await kubectl('auth', 'whoami')).toMatch(/Username\s+admin/);
  });

  test('checks the items of a List against the schema that it reads as protobuf', async () => {
    const list = join(dir.path, 'list.json');
    const item = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'listed', namespace: 'lab' } };
    const write = (more: object) =>
      writeFileSync(list, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [{ ...item, ...more }] }));
    write({ dat: { a: 'b' } });
    await expect(kubectl('apply', '-f', list)).rejects.toThrow(
      'ValidationError(ConfigMap): unknown field "dat" in io.k8s.api.core.v1.ConfigMap',
    );
    write({ data: { a: 'b' } });
    expect(await kubectl('apply', '-f', list)).toBe('configmap/listed created\n');
  });

  test('finds resources, and explains their fields', async () => {
    expect(await kubectl('api-resources')).toMatch(/^horizontalpodautoscalers\s+hpa\s+autoscaling\/v2\s+true/m);
    expect(await kubectl('explain', 'deploy.spec.strategy')).toContain('rollingUpdate');
    expect(await kubectl('describe', 'deploy', 'app', '-n', 'lab')).toContain('StrategyType:           RollingUpdate');
  });
});
