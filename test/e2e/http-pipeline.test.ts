import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/platform/free-port.ts';
import { CliHome, finished } from '../helpers/cli.ts';
import { eventually, kubectl, statusOf } from '../helpers/lab-client.ts';
import { binDir, haveReal } from '../helpers/real-binaries.ts';

const COUNT = 'net.http.request.count';
const METRICS = '/apis/custom.metrics.k8s.io/v1beta2/namespaces/metrics-lab';
const SETTINGS = ['--pipeline', 'http', '--sync-period', '2s', '--scale-down-window', '5s', '--service-time', '20ms'];
const ACTIVE = 'jsonpath={.status.conditions[?(@.type=="ScalingActive")].message}';

interface Value {
  readonly describedObject: { readonly kind: string; readonly name: string };
  readonly value: string;
}

/** A lab of the pipeline `http`, from before the first test until after the last. */
class HttpLab {
  readonly home = new CliHome();
  readonly name: string;
  readonly at: readonly string[];

  constructor(name: string, flags: readonly string[]) {
    this.name = name;
    this.at = ['--lab', name];
    beforeAll(async () => {
      await this.home.ok(['up', ...this.at, ...SETTINGS, ...flags]);
    });
    afterAll(async () => {
      await this.home.run(['teardown', ...this.at, '--force']);
      this.home[Symbol.dispose]();
    });
  }

  async values(path: string): Promise<readonly Value[]> {
    const list = await kubectl(this.home, this.name, 'get', '--raw', `${METRICS}/${path}`);
    return (JSON.parse(list) as { items: Value[] }).items;
  }

  async isUp(): Promise<void> {
    const { home, name, at } = this;
    const status = await statusOf(home, name);
    expect(status).toMatchObject({ ready: true, problems: [], pipeline: 'http', queue: null, ledger: null });
    expect(status.next).toBe(`metrics-lab load http --rps 50 --for 2m --lab ${name}`);
    // Each is read by a source of its own, and `up` waits for the one of the Service only.
    const soon = { timeout: 20_000, interval: 500 };
    await expect
      .poll(() => this.values(`services/web/${COUNT}`), soon)
      .toMatchObject([{ describedObject: { kind: 'Service', name: 'web' }, value: '0' }]);
    await expect
      .poll(() => this.values(`metrics/${COUNT}`), soon)
      .toMatchObject([{ describedObject: { kind: 'Namespace' } }]);
    await home.ok(['watch', 'hpa', ...at, '--until', 'current==3', '--for', '30s']);
    expect((await home.ok(['up', ...at])).stdout).toContain('already up');
  }

  async isGone(): Promise<void> {
    await this.home.ok(['teardown', ...this.at]);
    expect(this.home.leftovers()).toEqual([]);
  }
}

describe.skipIf(!haveReal())('the load on the web target of a lab on native', () => {
  const lab = new HttpLab('http-native', ['--backend', 'native', '--bin-dir', binDir()]);
  const { home, at } = lab;

  it('is up at 3 pods; `up` again changes nothing', () => lab.isUp());

  it('brings it 3 → 6 → 10, the added pods take their part, a killed one costs no request; Ctrl-C; back to 3', async () => {
    const child = home.start(['load', 'http', ...at, '--rps', '50', '--for', '90s', '-o', 'json']);
    const load = finished(child);
    const watched = await home.ok(['watch', 'hpa', ...at, '--until', 'current==10', '--for', '60s', '-o', 'ndjson']);
    const desired = watched.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { desired: number }).desired);
    expect(desired).toEqual(expect.arrayContaining([3, 6, 10]));
    expect(desired).toEqual(desired.toSorted((a, b) => a - b));
    const [first] = await eventually(
      'ten pods with requests',
      () => lab.values(`pods/*/${COUNT}`),
      (list) => list.length === 10 && list.every(({ value }) => value !== '0'),
      20_000,
    );
    const pod = first?.describedObject.name ?? '';
    await kubectl(home, lab.name, 'delete', 'pod', pod, '--grace-period=0', '--force');
    await eventually(
      'a pod in its place',
      () => lab.values(`pods/*/${COUNT}`),
      (list) => list.length === 10 && list.every(({ describedObject }) => describedObject.name !== pod),
      20_000,
    );
    child.kill('SIGINT');
    const { code, stdout, stderr } = await load;
    expect([code, JSON.parse(stderr)]).toMatchObject([130, { error: { id: 'ML-INTERRUPTED' } }]);
    const result = JSON.parse(stdout) as { statuses: Record<string, number>; answered: number };
    expect(result).toMatchObject({ kind: 'HttpLoad', end: 'stopped', errors: 0, timeouts: 0, connections: 10 });
    expect(result.statuses).toEqual({ 200: result.answered });
    expect(result.answered).toBeGreaterThan(500);
    await home.ok(['watch', 'hpa', ...at, '--until', 'current==3', '--for', '60s']);
  });

  it('teardown leaves nothing', () => lab.isGone());
});

describe.skipIf(!haveReal())('the monitoring backend of a lab on embedded', () => {
  const lab = new HttpLab('http-embedded', ['--backend', 'embedded']);
  const { home, at } = lab;
  const path = (name: string) => join(home.dir, 'labs', lab.name, name);
  const condition = (message: string) =>
    eventually(
      `the condition "${message}"`,
      () => kubectl(home, lab.name, 'get', 'hpa', 'web', '-o', ACTIVE),
      (text) => text.includes(message),
      60_000,
    );

  it('is up at 3 pods; `up` again changes nothing', () => lab.isUp());

  it('what it measures scales the pods; explain and inspect show it', async () => {
    const load = home.ok(['load', 'http', ...at, '--rps', '20', '--for', '10s', '--connections', '3']);
    await home.ok(['watch', 'hpa', ...at, '--until', 'desired==5', '--for', '60s']);
    expect((await home.ok(['explain', 'hpa', ...at])).stdout).toContain(`${COUNT}: `);
    expect((await home.ok(['inspect', 'hpa', ...at])).stdout).toContain(`Object ${COUNT} of Service/web`);
    expect((await load).stdout).toMatch(/^(\d+) answers in \d+\.\d+ s: .*\nstatus {3}200: \1\nlatency {2}p50 /);
  });

  it('with a wrong token the HPA says so and stays; with the right one it is well again', async () => {
    const right = readFileSync(path('monitoring-access.token'), 'utf8');
    expect(readFileSync(path('metrics-server.json'), 'utf8')).not.toContain(right.trim());
    expect(await kubectl(home, lab.name, 'get', 'all,secrets,configmaps', '-o', 'json')).not.toContain(right.trim());
    writeFileSync(path('monitoring-access.token'), 'wrong\n');
    await condition('the access token is wrong');
    writeFileSync(path('monitoring-access.token'), right);
    await condition('able to successfully calculate');
  });

  it('a load without a web target, with settings that cannot be, or without an answer says so', async () => {
    const refused = async (...args: readonly string[]) => {
      const { code, stderr } = await home.run(['load', 'http', ...args]);
      return `${code} ${/ML-[A-Z-]+/.exec(stderr)?.[0]}`;
    };
    expect(await refused('--lab', 'none')).toBe('4 ML-LAB-NOT-FOUND');
    expect(await refused(...at, '--rps', '0')).toBe('2 ML-USAGE-VALUE');
    expect(await refused(...at, '--for', '500ms')).toBe('2 ML-USAGE-DURATION');
    const zero = await home.run(['up', '--lab', 'zero', '--pipeline', 'http', '--min', '0', '--backend', 'embedded']);
    expect([zero.code, zero.stderr]).toEqual([2, expect.stringContaining('without a pod nobody counts requests')]);
    const node = (await statusOf(home, lab.name)).components.find(({ name }) => name === 'node')?.pid ?? 0;
    // Its proxy then takes connections and says nothing, and it does not correct the annotation.
    process.kill(node, 'SIGSTOP');
    try {
      expect(await refused(...at, '--rps', '20', '--for', '2s')).toBe('7 ML-LOAD-NO-ANSWER');
      const nowhere = `metricslab.dev/local-address=127.0.0.1:${await freePort()}`;
      await kubectl(home, lab.name, 'annotate', 'service', 'web', '--overwrite', nowhere);
      expect(await refused(...at)).toBe('7 ML-LOAD-GAVE-UP');
    } finally {
      process.kill(node, 'SIGCONT');
    }
    await kubectl(home, lab.name, 'delete', 'service', 'web');
    expect(await refused(...at)).toBe('7 ML-LOAD-TARGET');
  });

  it('teardown leaves nothing', () => lab.isGone());
});
