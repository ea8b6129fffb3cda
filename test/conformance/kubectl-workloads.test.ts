import { execFile, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ControlledCluster, startControlled } from '../helpers/embedded-controllers.ts';
import { eventually } from '../helpers/lab-client.ts';
import { binDir, haveReal } from '../helpers/real-binaries.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const manifest = (image: string) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: app}
spec:
  replicas: 2
  selector: {matchLabels: {app: app}}
  template: {metadata: {labels: {app: app}}, spec: {containers: [{name: c, image: "${image}"}]}}
`;

const POD_AND_SET = `apiVersion: v1
kind: Pod
metadata: {name: one}
spec: {containers: [{name: c, image: "lab/app:1"}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: set}
spec:
  serviceName: set
  replicas: 0
  selector: {matchLabels: {app: set}}
  template: {metadata: {labels: {app: set}}, spec: {containers: [{name: c, image: "lab/app:1"}]}}
`;

/** What kubectl does with workloads while controllers act on them; no node is there, so pods stay Pending. */
describe.skipIf(!haveReal())('the real kubectl beside our controllers', () => {
  const dir = tempDir();
  const file = join(dir.path, 'app.yaml');
  let cluster: ControlledCluster;

  beforeAll(async () => {
    cluster = await startControlled(dir.path, () => {});
    writeFileSync(file, manifest('lab/app:1'));
    await kubectl('apply', '-f', file);
  });
  afterAll(() => {
    cluster.stop();
    dir[Symbol.dispose]();
  });

  function kubectl(...args: readonly string[]): Promise<string> {
    const editor = join(dir.path, 'editor.sh');
    const env = { KUBECONFIG: cluster.kubeconfig, HOME: dir.path, PATH: process.env['PATH'], EDITOR: `sh ${editor}` };
    return new Promise((resolve, reject) => {
      execFile(join(binDir(), 'kubectl'), [...args], { env }, (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`kubectl ${args.join(' ')}: ${stdout}${stderr}`, { cause: error }));
      });
    });
  }
  const image = () => kubectl('get', 'deploy', 'app', '-o', 'jsonpath={.spec.template.spec.containers[0].image}');
  const replicas = () => kubectl('get', 'deploy', 'app', '-o', 'jsonpath={.spec.replicas}');

  test('keeps the history of a rollout, undoes and restarts it', async () => {
    const history = () => kubectl('rollout', 'history', 'deploy/app');
    await eventually('revision 1', history, (text) => /^1 /m.test(text), 30_000);
    await kubectl('set', 'image', 'deploy/app', 'c=lab/app:2');
    await kubectl('annotate', 'deploy/app', 'kubernetes.io/change-cause=second image');
    await eventually('revision 2', history, (text) => /^2 +second image$/m.test(text), 30_000);
    expect(await kubectl('rollout', 'history', 'deploy/app', '--revision=2')).toMatch(/Image:\s+lab\/app:2/);
    expect(await kubectl('rollout', 'undo', 'deploy/app')).toBe('deployment.apps/app rolled back\n');
    expect(await image()).toBe('lab/app:1');
    expect(await kubectl('rollout', 'restart', 'deploy/app')).toBe('deployment.apps/app restarted\n');
    await expect(kubectl('rollout', 'status', 'deploy/app', '--timeout=1s')).rejects.toThrow(
      'Waiting for deployment "app" rollout to finish',
    );
    const labels = () => kubectl('get', 'rs', '-o', 'jsonpath={.items[*].metadata.labels.pod-template-hash}');
    await eventually('a replica set per template', labels, (text) => new Set(text.split(' ')).size === 3, 30_000);
  });

  test('patches in three ways, edits, compares and waits', async () => {
    await kubectl(
      'patch',
      'deploy',
      'app',
      '--type=json',
      '-p',
      '[{"op":"replace","path":"/spec/replicas","value":3}]',
    );
    expect(await replicas()).toBe('3');
    await kubectl('patch', 'deploy', 'app', '--type=merge', '-p', '{"spec":{"replicas":2}}');
    expect(await replicas()).toBe('2');
    const containers = [{ name: 'c', image: 'lab/app:3' }];
    await kubectl('patch', 'deploy', 'app', '-p', JSON.stringify({ spec: { template: { spec: { containers } } } }));
    expect(await image()).toBe('lab/app:3');
    writeFileSync(join(dir.path, 'editor.sh'), `sed -i 's/^  replicas: 2$/  replicas: 4/' "$1"\n`);
    expect(await kubectl('edit', 'deploy', 'app')).toBe('deployment.apps/app edited\n');
    expect(await kubectl('wait', 'deploy/app', '--for=jsonpath={.spec.replicas}=4', '--timeout=30s')).toContain('met');
    // Exit code 1 says that there is a difference.
    await expect(kubectl('diff', '-f', file)).rejects.toThrow(/-\s+- image: lab\/app:3\n\+\s+- image: lab\/app:1/);
  });

  test('describes what is there, with its events', async () => {
    const events = () => kubectl('events', '--for', 'deploy/app');
    await eventually('an event', events, (text) => text.includes('Scaled up replica set app-'), 30_000);
    expect(await kubectl('describe', 'pods')).toMatch(/Controlled By:\s+ReplicaSet\/app-/);
    expect(await kubectl('describe', 'apiservice', 'v1.apps')).toMatch(/Type:\s+Available/);
    await kubectl('autoscale', 'deploy', 'app', '--max=4', '--cpu=50%');
    const hpa = () => kubectl('describe', 'hpa', 'app');
    await eventually(
      'its conditions',
      hpa,
      (text) => /ScalingActive\s+False\s+FailedGetResourceMetric/.test(text),
      30_000,
    );
    await kubectl('delete', 'hpa', 'app');
  });

  test('watches an object change', async () => {
    await kubectl('create', 'configmap', 'seen', '--from-literal=value=1');
    const shown = 'jsonpath={.data.value}{"\\n"}';
    const flags = ['--kubeconfig', cluster.kubeconfig, 'get', 'configmap', 'seen', '-w', '-o', shown];
    const watching = spawn(join(binDir(), 'kubectl'), flags, { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      let text = '';
      watching.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      const until = (wanted: string) =>
        eventually(
          'what kubectl shows',
          () => Promise.resolve(text),
          (all) => all === wanted,
          60_000,
        );
      await until('1\n');
      await kubectl('patch', 'configmap', 'seen', '--type=merge', '-p', '{"data":{"value":"2"}}');
      await until('1\n2\n');
    } finally {
      watching.kill();
    }
  });

  // docs/embedded-differences.md lists these answers.
  test('says in its own words what is not served', async () => {
    await eventually(
      "the pod's account",
      () => kubectl('get', 'serviceaccount', 'default'),
      () => true,
      30_000,
    );
    writeFileSync(join(dir.path, 'pod.yaml'), POD_AND_SET);
    await kubectl('apply', '-f', join(dir.path, 'pod.yaml'));
    await kubectl(
      'patch',
      'pod',
      'one',
      '--subresource=status',
      '--type=merge',
      '-p',
      '{"status":{"phase":"Running"}}',
    );
    const notFound = 'the server could not find the requested resource';
    const cannot = `unable to upgrade connection: ${notFound}`;
    await expect(kubectl('exec', 'one', '--', 'ls')).rejects.toThrow(cannot);
    await expect(kubectl('attach', 'one')).rejects.toThrow(cannot);
    await expect(kubectl('port-forward', 'pod/one', '0:80')).rejects.toThrow(`error upgrading connection: ${cannot}`);
    const history = `unable to find history controlled by StatefulSet set: ${notFound}`;
    await expect(kubectl('rollout', 'history', 'sts/set')).rejects.toThrow(history);
    await expect(kubectl('rollout', 'undo', 'sts/set')).rejects.toThrow(history);
    await expect(kubectl('top', 'pods')).rejects.toThrow('Metrics API not available');
  });

  test('deletes with orphans and with dependents', async () => {
    const sets = () => kubectl('get', 'rs', '-o', 'name');
    await kubectl('delete', 'deploy', 'app', '--cascade=orphan');
    expect(await sets()).toContain('replicaset.apps/app-');
    const owners = () => kubectl('get', 'rs', '-o', 'jsonpath={.items[*].metadata.ownerReferences[*].kind}');
    expect(await owners()).toBe('');
    await kubectl('apply', '-f', file);
    await eventually('adopted again', owners, (text) => text.includes('Deployment'), 30_000);
    await kubectl('delete', 'deploy', 'app', '--cascade=foreground', '--timeout=60s');
    expect(await sets()).toBe('');
  });
});
