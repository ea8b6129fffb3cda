import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DoctorReport, DoctorSchema } from '../../src/doctor/report.ts';
import { READER_RULES, readerRole } from '../../src/doctor/rbac.ts';
import { InspectionSchema } from '../../src/explain/inspect/inspection.ts';
import { CliHome } from '../helpers/cli.ts';
import { eventually, kubectl } from '../helpers/lab-client.ts';
import { binDir, haveReal } from '../helpers/real-binaries.ts';

const GROUP = 'external.metrics.k8s.io';
const API_SERVICE = `v1beta1.${GROUP}`;

/** Beside the lab's own HPA: one with every kind of metric, and an APIService whose service nobody stands behind. */
const MORE = `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: mixed}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: producer}
  maxReplicas: 3
  metrics:
  - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}
  - {type: Object, object: {metric: {name: requests}, describedObject: {apiVersion: v1, kind: Service, name: producer}, target: {type: AverageValue, averageValue: "5"}}}
---
apiVersion: v1
kind: Service
metadata: {name: no-adapter}
spec: {selector: {app: nobody}, ports: [{port: 443}]}
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1beta2.custom.metrics.k8s.io}
spec: {group: custom.metrics.k8s.io, version: v1beta2, groupPriorityMinimum: 100, versionPriority: 200, insecureSkipTLSVerify: true, service: {name: no-adapter, namespace: metrics-lab}}
`;

describe.skipIf(!haveReal('redis-server'))('doctor, inspect and the kubectl plugin on a real control plane', () => {
  const home = new CliHome();
  const kubeconfig = join(home.dir, 'labs', 'lab', 'kubeconfig');
  const k = (...args: readonly string[]) => kubectl(home, 'lab', ...args);
  const file = (name: string, text: string) => {
    const path = join(home.dir, name);
    writeFileSync(path, text);
    return path;
  };

  beforeAll(async () => {
    const up = ['up', '--backend', 'native', '--min', '0', '--sync-period', '2s', '--scale-down-window', '5s'];
    await home.ok([...up, '--bin-dir', binDir()]);
  });
  afterAll(async () => {
    await home.run(['teardown', '--force']);
    home[Symbol.dispose]();
  });

  async function doctor(): Promise<{ readonly code: number | null; readonly report: DoctorReport }> {
    const { code, stdout } = await home.run(['doctor', '-o', 'json']);
    const { apiVersion: _, kind: __, ...report } = JSON.parse(stdout) as Record<string, unknown>;
    return { code, report: DoctorSchema.parse(report) };
  }

  it('finds nothing broken in a lab that works', async () => {
    const { code, report } = await doctor();
    expect(report.checks.filter(({ status }) => status === 'broken' || status === 'unknown')).toEqual([]);
    expect({ code, broken: report.broken }).toEqual({ code: 0, broken: null });
    expect(report.checks.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['rbac/hpa-controller', 'query/metrics-lab/consumer/queue_length', 'scale-to-zero']),
    );
  });

  it('inspects the HPA through v2 and v1', async () => {
    await home.ok(['publish', '3']);
    const { stdout } = await home.ok(['inspect', 'hpa/consumer', '--api', 'both', '-o', 'json']);
    const { apiVersion: _, kind, ...data } = JSON.parse(stdout) as Record<string, unknown>;
    expect(kind).toBe('HpaInspection');
    const [hpa] = InspectionSchema.parse(data).hpas;
    expect(hpa?.metrics[0]).toMatchObject({ name: 'queue_length', selector: 'queue=jobs', target: '2' });
    expect(hpa?.metrics[0]?.source?.total).toMatch(/^\d+$/);
    expect(hpa?.metrics[0]?.adapter.total).toMatch(/^\d+$/);
    expect(hpa?.v1?.find(({ field }) => field === 'spec.metrics[0]')).toMatchObject({ fate: 'annotation' });
    expect(hpa?.unknown).toEqual([]);
  });

  it('is a plugin of kubectl', async () => {
    const bin = join(home.dir, 'bin');
    mkdirSync(bin);
    const plugin = new URL('../../bin/kubectl-metrics_lab.js', import.meta.url).pathname;
    symlinkSync(plugin, join(bin, 'kubectl-metrics_lab'));
    const path = `${bin}:${process.env['PATH'] ?? ''}`;
    const { stdout } = await promisify(execFile)(
      join(binDir(), 'kubectl'),
      ['metrics-lab', 'explain', 'hpa/consumer', '-n', 'metrics-lab', '--context', 'metrics-lab-lab'],
      { env: { ...home.env(), PATH: path, KUBECONFIG: kubeconfig } },
    );
    expect(stdout).toContain('HPA metrics-lab/consumer of Deployment/consumer');
  });

  describe('names the broken link', () => {
    const patch = (spec: object) =>
      k('patch', 'apiservice', API_SERVICE, '--type=merge', '-p', JSON.stringify({ spec }));
    async function broken(id: string) {
      return eventually('the broken link', doctor, ({ report }) => report.broken === id, 30_000);
    }

    it('the rights of the HPA controller', async () => {
      // The one that Kubernetes has built in.
      const bindings = ['system:controller:horizontal-pod-autoscaler'];
      const kept = await k('get', 'clusterrolebinding', ...bindings, '-o', 'json');
      await k('delete', 'clusterrolebinding', ...bindings);
      const { code, report } = await broken('rbac/hpa-controller');
      expect(code).toBe(7);
      expect(report.checks.find(({ id }) => id === report.broken)?.title).toBe(
        'the HPA controller may not list queue_length.external.metrics.k8s.io in metrics-lab',
      );
      await k('apply', '-f', file('bindings.json', kept));
      await eventually('rights', doctor, ({ report: now }) => now.broken === null, 60_000);
    });

    it('the service, the certificate and the registration', async () => {
      const kept = JSON.parse(await k('get', 'apiservice', API_SERVICE, '-o', 'json')) as {
        spec: { service: object; caBundle: string };
      };
      await patch({ service: { ...kept.spec.service, name: 'gone' } });
      const noService = await broken(`metrics-path/${GROUP}/apiservice`);
      expect(noService.report.checks.find(({ id }) => id === `metrics-path/${GROUP}/service`)).toMatchObject({
        status: 'broken',
        title: 'service kube-system/gone of APIService v1beta1.external.metrics.k8s.io does not exist',
      });
      const other = readFileSync(join(home.dir, 'labs', 'lab', 'pki', 'front-proxy-ca.crt')).toString('base64');
      await patch({ service: kept.spec.service, caBundle: other });
      const badTls = await eventually(
        'the certificate',
        doctor,
        ({ report }) =>
          report.checks.some(({ id, status }) => id === `metrics-path/${GROUP}/tls` && status === 'broken'),
        30_000,
      );
      expect(badTls.code).toBe(7);
      await patch({ caBundle: kept.spec.caBundle });
      await eventually('a whole path', doctor, ({ report }) => report.broken === null, 60_000);
    });

    it('the endpoints of an adapter that does not run, and the API server itself', async () => {
      await k('apply', '-f', file('more.yaml', MORE));
      const { report } = await broken('metrics-path/custom.metrics.k8s.io/apiservice');
      expect(report.checks.find(({ id }) => id === 'metrics-path/custom.metrics.k8s.io/endpoints')).toMatchObject({
        status: 'broken',
        title: 'service metrics-lab/no-adapter has no ready endpoint',
      });
      const dead = file(
        'dead.kubeconfig',
        readFileSync(kubeconfig, 'utf8').replace(/server: .*/, 'server: https://127.0.0.1:1'),
      );
      const down = await home.run(['doctor', '--kubeconfig', dead]);
      expect(down.code).toBe(7);
      expect(down.stdout).toContain('the broken link: https://127.0.0.1:1 does not answer');
      expect((await home.run(['doctor', '--kubeconfig', join(home.dir, 'none')])).code).toBe(3);
    });
  });

  describe('the role of doctor --rbac', () => {
    let reader = '';
    const commands = [
      ['doctor', '-o', 'json'],
      ['explain', 'hpa', '-n', 'metrics-lab', '-o', 'json'],
      ['inspect', 'hpa', '-n', 'metrics-lab', '-o', 'json'],
    ];
    /** Everything that the three commands print as this user. */
    const seen = async () => {
      const ran = await Promise.all(commands.map((command) => home.run([...command, '--kubeconfig', reader])));
      return ran.map(({ stdout, stderr }) => stdout + stderr).join('\n');
    };
    const refused = (text: string) =>
      text.split('\n').filter((line) => line.includes('403') || line.includes('forbidden'));

    beforeAll(async () => {
      const { stdout } = await home.ok(['doctor', '--rbac']);
      await k('apply', '-f', file('role.yaml', stdout));
      await k('create', 'serviceaccount', 'reader');
      await k(
        'create',
        'clusterrolebinding',
        'metrics-lab-reader',
        '--clusterrole=metrics-lab-reader',
        '--serviceaccount=metrics-lab:reader',
      );
      const token = (await k('create', 'token', 'reader')).trim();
      const own = readFileSync(kubeconfig, 'utf8').replace(/^ *client-(certificate|key)-data: .*\n/gm, '');
      reader = file('reader.kubeconfig', own.replace(/^(\s*)user:\s*(\{\})?$/m, `$1user: {token: ${token}}`));
    });

    it('lets explain, inspect and doctor see everything', async () => {
      await eventually('no refusal', seen, (text) => refused(text).length === 0, 30_000);
    });

    it.each(READER_RULES.map((rule, index) => [rule.why, index] as const))('needs: %s', async (_, left) => {
      await k(
        'replace',
        '-f',
        file('less.json', JSON.stringify(readerRole(READER_RULES.filter((__, index) => index !== left)))),
      );
      await eventually('something unknown', seen, (text) => refused(text).length > 0, 30_000);
    });
  });
});
