import { z } from 'zod';
import type { Clock } from '../contracts/clock.ts';
import type { KubeClient, KubeObject } from '../contracts/kube-client.ts';
import type { MetricFault } from '../contracts/metrics-admin.ts';
import { LabError } from '../errors/lab-error.ts';
import { collect } from '../explain/collect.ts';
import { explainBundle } from '../explain/explain.ts';
import type { ExplainedHpa } from '../explain/explanation.ts';
import { collectionPath, pathOf } from '../kube/apply.ts';
import { parseAs } from '../kube/objects.ts';
import { type Drill, type DrillStep, hpaObject, LAST_APPLIED, METRIC, pausing, WEB } from './drill.ts';
import { fixRequests } from './fix-requests.ts';
import { problemsOf } from './problems.ts';

export interface DrillPorts {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly syncPeriodSeconds: number;
  /** Writes an external metric of a namespace. */
  readonly write: (namespace: string, metric: string, value: string) => Promise<void>;
  /** Makes a metric misbehave, in whatever namespace; null ends it. */
  readonly fault: (metric: string, fault: MetricFault | null) => Promise<void>;
  /** Told what happens. */
  readonly say: (text: string) => void;
  /** For each wait. */
  readonly timeoutMs: number;
}

export interface DrillResult {
  readonly id: string;
  readonly passed: boolean;
  /** What explain said of the HPA. */
  readonly findings: readonly {
    readonly id: string;
    readonly severity: string;
    readonly title: string;
    readonly fix: string | null;
  }[];
  /** Whether what the finding advises made it go away; null = there was nothing to try. */
  readonly cured: boolean | null;
  /** Why it did not pass. */
  readonly problems: readonly string[];
}

const POLL_MS = 500;
/** Syncs that a look-alike is looked at for. */
const CALM_SYNCS = 3;
const Hpa = z.looseObject({
  status: z.looseObject({
    desiredReplicas: z.number().default(0),
    conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).nullish(),
  }),
});
const Scale = z.looseObject({
  spec: z.looseObject({ replicas: z.number().default(0) }).default({ replicas: 0 }),
  status: z.looseObject({ replicas: z.number().default(0) }).default({ replicas: 0 }),
});

const isActive = ({ status: { conditions } }: z.infer<typeof Hpa>, wanted: string): boolean =>
  (conditions ?? []).some(({ type, status }) => type === 'ScalingActive' && status === wanted);

/** The namespace of a drill: its own, so that drills do not meet. */
export const drillNamespace = (id: string): string => `drill-${id}`.slice(0, 60).replace(/-+$/, '');

/** Makes it happen, waits until explain names it, tries the cure, and removes everything again. Raises ML-KUBE-*. */
export async function runDrill(drill: Drill, ports: DrillPorts): Promise<DrillResult> {
  const run = new Run(drill, ports);
  try {
    await run.prepare();
    return await run.judge();
  } finally {
    await run.remove();
  }
}

class Run {
  readonly #drill: Drill;
  readonly #ports: DrillPorts;
  readonly #namespace: string;
  /** Faults go by the metric's name alone, so each drill has names of its own. */
  readonly #prefix: string;

  constructor(drill: Drill, ports: DrillPorts) {
    this.#drill = drill;
    this.#ports = ports;
    this.#namespace = drillNamespace(drill.id);
    this.#prefix = `${drill.id}-`;
  }

  async prepare(): Promise<void> {
    const { replicas = 1, value, objects, hpa, steps = [] } = this.#drill;
    const namespace = this.#namespace;
    this.#ports.say(`namespace ${namespace}`);
    await this.remove();
    await this.#waitFor('the namespace of an earlier run is gone', async () => {
      const found = await this.#ports.client.find(`/api/v1/namespaces/${namespace}`);
      return found === undefined;
    });
    await this.#create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    const own = objects?.(namespace) ?? [];
    const replaced = own.some(({ kind, metadata }) => kind === 'Deployment' && metadata.name === WEB);
    if (!replaced) await this.#create(pausing(namespace, WEB, { replicas }));
    if (value !== undefined) await this.#step({ set: value });
    for (const object of own) await this.#create(object);
    await this.#create(hpaObject(namespace, WEB, hpa));
    for (const step of steps) await this.#step(step);
  }

  async judge(): Promise<DrillResult> {
    const { id, finding, cure, arch } = this.#drill;
    const here = (await this.#explain()).platform.find(({ name }) => name.startsWith('architecture'))?.value;
    if (arch !== undefined && here !== undefined && here !== arch) {
      const problems = [`it happens on ${arch} only, and this control plane is ${here}`];
      return { id, passed: false, findings: [], cured: null, problems };
    }
    const seen = finding === null ? await this.#calm() : await this.#named(finding);
    const findings = seen.findings.map(({ id: name, severity, title, fix }) => ({ id: name, severity, title, fix }));
    const problems = [...problemsOf(this.#drill, findings), ...(await this.#refused(findings))];
    const cured =
      problems.length > 0 || cure === undefined || finding === null ? null : await this.#cured(cure, finding);
    if (cured === false) problems.push(`${finding} is still named after what it advises was done`);
    return { id, passed: problems.length === 0, findings, cured, problems };
  }

  async remove(): Promise<void> {
    const { client, fault } = this.#ports;
    await fault(this.#prefix + METRIC, null);
    const { status, text } = await client.request('DELETE', `/api/v1/namespaces/${this.#namespace}`);
    if (status >= 300 && status !== 404 && status !== 409)
      throw new LabError('ML-KUBE-STATUS', {
        method: 'DELETE',
        path: this.#namespace,
        code: status,
        reason: '',
        message: text,
      });
  }

  async #named(finding: string): Promise<ExplainedHpa> {
    let last = await this.#explain();
    await this.#quietly(`explain names ${finding}`, async () => {
      last = await this.#explain();
      return last.findings.some(({ id }) => id === finding);
    });
    return last;
  }

  /** Commands of fixes that the API server would not take, tried with dryRun. */
  async #refused(findings: DrillResult['findings']): Promise<readonly string[]> {
    const problems: string[] = [];
    for (const { command, path, body } of findings.flatMap(({ fix }) => fixRequests(fix ?? ''))) {
      try {
        await this.#ports.client.patch(path, 'merge', body, { query: { dryRun: 'All' } });
      } catch (error) {
        if (!(error instanceof LabError && error.id === 'ML-KUBE-STATUS')) throw error;
        problems.push(`what it advises is refused: ${command}: ${error.why}`);
      }
    }
    return problems;
  }

  /** The worst of what is said over some syncs. */
  async #calm(): Promise<ExplainedHpa> {
    const { clock, signal, syncPeriodSeconds } = this.#ports;
    let worst = await this.#explain();
    for (let round = 0; round < CALM_SYNCS; round += 1) {
      await clock.sleep(syncPeriodSeconds * 1000, signal);
      const now = await this.#explain();
      if (now.findings.some(({ severity }) => severity !== 'info')) worst = now;
    }
    return worst;
  }

  async #cured(cure: readonly DrillStep[], finding: string): Promise<boolean> {
    for (const step of cure) await this.#step(step);
    return this.#quietly(`${finding} is gone`, async () =>
      (await this.#explain()).findings.every(({ id }) => id !== finding),
    );
  }

  async #explain(): Promise<ExplainedHpa> {
    const { client, clock, signal, syncPeriodSeconds } = this.#ports;
    const collected = await collect(client, { namespace: this.#namespace, clock, signal, syncPeriodSeconds });
    for await (const bundle of collected.bundles()) {
      for (const hpa of explainBundle(bundle, { name: WEB })) return hpa;
    }
    throw new LabError('ML-EXPLAIN-NO-HPA', { name: WEB, namespace: this.#namespace, others: 'the drill lost it' });
  }

  async #step(step: DrillStep): Promise<void> {
    const { write, fault, clock, signal, client } = this.#ports;
    const scale = `/apis/apps/v1/namespaces/${this.#namespace}/deployments/${WEB}/scale`;
    if ('set' in step) return write(this.#namespace, this.#prefix + (step.metric ?? METRIC), step.set);
    if ('fault' in step) return fault(this.#prefix + METRIC, step.fault);
    if ('seconds' in step) return clock.sleep(step.seconds * 1000, signal);
    if ('scale' in step) {
      await client.patch(scale, 'merge', { spec: { replicas: step.scale } });
    } else if ('patch' in step) {
      await client.patch(`${this.#path()}/${WEB}`, 'merge', { spec: this.#ownMetrics(step.patch) });
    } else if ('v1' in step) {
      const path = collectionPath('autoscaling/v1', 'HorizontalPodAutoscaler', this.#namespace);
      await client.patch(`${path}/${WEB}`, 'merge', step.v1);
    } else if ('apply' in step) {
      for (const object of step.apply(this.#namespace))
        await client.patch(pathOf(object), 'apply', this.#ownMetrics(object), {
          query: { fieldManager: 'drill', force: true },
        });
    } else if ('active' in step) {
      await this.#waitFor(`ScalingActive is ${step.active}`, () => this.#isActive(step.active));
    } else {
      await this.#waitFor(`the HPA and its target reach ${step.reached}`, () => this.#reached(step.reached, scale));
    }
  }

  async #reached(count: number, scalePath: string): Promise<boolean> {
    const { client } = this.#ports;
    const hpa = parseAs(Hpa, await client.json('GET', `${this.#path()}/${WEB}`), 'an HPA');
    const scale = parseAs(Scale, await client.json('GET', scalePath), 'a Scale');
    return (
      isActive(hpa, 'True') &&
      hpa.status.desiredReplicas === count &&
      scale.spec.replicas === count &&
      scale.status.replicas === count
    );
  }

  async #isActive(wanted: string): Promise<boolean> {
    const { client } = this.#ports;
    return isActive(parseAs(Hpa, await client.json('GET', `${this.#path()}/${WEB}`), 'an HPA'), wanted);
  }

  #path(): string {
    return collectionPath('autoscaling/v2', 'HorizontalPodAutoscaler', this.#namespace);
  }

  async #create(object: KubeObject): Promise<void> {
    const { apiVersion, kind, metadata } = object;
    await this.#ports.client.json(
      'POST',
      collectionPath(apiVersion, kind, metadata.namespace),
      this.#ownMetrics(object),
    );
  }

  /** External metrics get the drill's prefix, also in what kubectl apply was given last. */
  #ownMetrics<T>(value: T): T {
    const renamed = JSON.stringify(value, (key, inner: unknown) => {
      if (key === LAST_APPLIED) return JSON.stringify(this.#ownMetrics(JSON.parse(String(inner))));
      return key === 'external' && typeof inner === 'object' && inner !== null && 'metric' in inner
        ? { ...inner, metric: { name: this.#prefix + (inner.metric as { name: string }).name } }
        : inner;
    });
    return JSON.parse(renamed) as T;
  }

  /** Raises ML-LAB-NOT-READY when it does not come true. */
  async #waitFor(what: string, check: () => Promise<boolean>): Promise<void> {
    if (await this.#quietly(what, check)) return;
    const seconds = Math.round(this.#ports.timeoutMs / 1000);
    throw new LabError('ML-LAB-NOT-READY', { lab: this.#namespace, seconds, reason: `it was waited until ${what}` });
  }

  /** Whether it comes true in time. */
  async #quietly(what: string, check: () => Promise<boolean>): Promise<boolean> {
    const { clock, signal, timeoutMs, say } = this.#ports;
    say(`waiting until ${what}`);
    const end = clock.monotonic() + timeoutMs;
    while (!(await check())) {
      if (clock.monotonic() > end) return false;
      await clock.sleep(POLL_MS, signal);
    }
    return true;
  }
}
