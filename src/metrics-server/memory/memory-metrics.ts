import type { Clock } from '../../contracts/clock.ts';
import type { MetricReport } from '../../contracts/metrics-admin.ts';
import { LabError } from '../../errors/lab-error.ts';
import type { Labels } from '../../kube/label-selector.ts';
import { reportValues } from '../admin/report-values.ts';
import type {
  CustomMetric,
  CustomMetricsProvider,
  CustomMetricValue,
  CustomQuery,
  CustomSelectorQuery,
  ExternalMetricsProvider,
  ExternalMetricValue,
  ExternalQuery,
  ResourceKind,
} from '../provider.ts';

/** What is written of one object's metric: the newest value wins, its labels with it. */
export interface CustomWrite extends CustomMetric {
  readonly namespace: string | undefined;
  readonly name: string;
  readonly labels: Labels;
  /** A quantity in the form in which it is answered. */
  readonly value: string;
}

/** One series of an external metric; `namespace` undefined = in every namespace. Equal labels = the same series. */
export interface ExternalWrite {
  readonly metric: string;
  readonly namespace: string | undefined;
  readonly labels: Labels;
  readonly value: string;
}

interface CustomEntry {
  /** Set by configuration; its time is that of the configuration. */
  readonly constant: boolean;
  readonly labels: Labels;
  readonly value: CustomMetricValue;
}
interface CustomSlot extends CustomMetric {
  readonly namespace: string | undefined;
  readonly byName: Map<string, CustomEntry>;
}
interface Series {
  readonly namespace: string | undefined;
  readonly value: ExternalMetricValue;
  /** Set by configuration: true at every moment, like the samples of upstream's test adapter. */
  readonly constant: boolean;
}

/** Values that somebody wrote, as upstream's test adapter keeps them (test-adapter/provider/provider.go), with a limit. */
export class MemoryMetrics implements CustomMetricsProvider, ExternalMetricsProvider {
  readonly #clock: Clock;
  readonly #maxValues: number;
  readonly #custom = new Map<string, CustomSlot>();
  readonly #external = new Map<string, Map<string, Series>>();
  #count = 0;
  #revision = 0;

  /** `maxValues`: values kept at most; further new ones raise ML-METRIC-MEMORY-FULL. */
  constructor(clock: Clock, maxValues: number) {
    this.#clock = clock;
    this.#maxValues = maxValues;
  }

  get revision(): number {
    return this.#revision;
  }

  /** Raises ML-METRIC-MEMORY-FULL. */
  writeCustom(write: CustomWrite): void {
    this.#putCustom(write, false);
  }

  #putCustom(write: CustomWrite, constant: boolean): void {
    const key = slotKey(write.resource, write.namespace, write.metric);
    const slot = this.#custom.get(key);
    const byName = slot?.byName ?? new Map<string, CustomEntry>();
    this.#makeRoom(byName.has(write.name));
    if (slot === undefined)
      this.#custom.set(key, { resource: write.resource, metric: write.metric, namespace: write.namespace, byName });
    const value = { name: write.name, value: write.value, timestampMs: this.#clock.now() };
    if (constant && byName.get(write.name)?.constant === false) return; // somebody wrote over it
    byName.set(write.name, { labels: write.labels, value, constant });
    this.#revision += 1;
  }

  /** Values out of the configuration; those of the call before are gone. What somebody wrote over stays as written. Raises ML-METRIC-MEMORY-FULL. */
  replaceConstants(external: readonly ExternalWrite[], custom: readonly CustomWrite[]): void {
    for (const [key, { byName }] of this.#custom) {
      for (const [name, entry] of byName) {
        if (!entry.constant) continue;
        byName.delete(name);
        this.#count -= 1;
      }
      if (byName.size === 0) this.#custom.delete(key);
    }
    for (const write of custom) this.#putCustom(write, true);
    for (const [metric, series] of this.#external) {
      for (const [key, one] of series) {
        if (!one.constant) continue;
        series.delete(key);
        this.#count -= 1;
      }
      if (series.size === 0) this.#external.delete(metric);
    }
    for (const write of external) this.#put(write, true);
  }

  /** Raises ML-METRIC-MEMORY-FULL. */
  writeExternal(write: ExternalWrite): void {
    this.#put(write, false);
  }

  #put(write: ExternalWrite, constant: boolean): void {
    const series = this.#external.get(write.metric) ?? new Map<string, Series>();
    const key = JSON.stringify([
      write.namespace ?? null,
      Object.entries(write.labels).sort(([a], [b]) => (a < b ? -1 : 1)),
    ]);
    if (constant && series.has(key)) return; // somebody wrote over it
    this.#makeRoom(series.has(key));
    const value = { labels: write.labels, value: write.value, timestampMs: this.#clock.now() };
    series.set(key, { namespace: write.namespace, value, constant });
    this.#external.set(write.metric, series);
    this.#revision += 1;
  }

  getMetricByName(query: CustomQuery & { readonly name: string }): CustomMetricValue | 'other-labels' | undefined {
    const entry = this.#custom.get(slotKey(query.resource, query.namespace, query.metric))?.byName.get(query.name);
    if (entry === undefined) return undefined;
    return query.metricSelector.matches(entry.labels) ? entry.value : 'other-labels';
  }

  getMetricBySelector(query: CustomSelectorQuery): readonly CustomMetricValue[] {
    const slot = this.#custom.get(slotKey(query.resource, query.namespace, query.metric));
    if (slot === undefined) return [];
    const values: CustomMetricValue[] = [];
    for (const name of query.names) {
      const entry = slot.byName.get(name);
      if (entry !== undefined && query.metricSelector.matches(entry.labels)) values.push(entry.value);
    }
    return values;
  }

  getExternalMetric({ namespace, metric, selector }: ExternalQuery): readonly ExternalMetricValue[] {
    const values: ExternalMetricValue[] = [];
    for (const series of this.#external.get(metric)?.values() ?? []) {
      if (series.namespace !== undefined && series.namespace !== namespace) continue;
      if (!selector.matches(series.value.labels)) continue;
      values.push(series.constant ? { ...series.value, timestampMs: this.#clock.now() } : series.value);
    }
    return values;
  }

  listAllMetrics(): readonly CustomMetric[] {
    const seen = new Map<string, CustomMetric>();
    for (const { resource, metric } of this.#custom.values())
      seen.set(slotKey(resource, undefined, metric), { resource, metric });
    return [...seen.values()];
  }

  listAllExternalMetrics(): readonly string[] {
    return [...this.#external.keys()];
  }

  /** What there is, for people: each metric of a place with its first values. */
  report(now: number): readonly MetricReport[] {
    const external = [...this.#external].flatMap(([metric, all]) =>
      [...Map.groupBy(all.values(), ({ namespace }) => namespace)].map(([namespace, series]) => {
        const values = series.map(({ value }) => value);
        const age = series.some(({ constant }) => constant) ? 0 : ageSeconds(values, now);
        return { ...written('external', metric, namespace ?? '*', values.length, age), values: reportValues(values) };
      }),
    );
    const custom = [...this.#custom.values()].map(({ resource, metric, namespace, byName }) => {
      const values = [...byName.values()].map(({ value }) => value);
      const what = resource.group === '' ? resource.resource : `${resource.resource}.${resource.group}`;
      const scope = namespace === undefined ? what : `${what} in ${namespace}`;
      const shown = values.slice(0, SHOWN_VALUES).map(({ name, value }) => ({ of: name, value }));
      return { ...written('custom', metric, scope, values.length, ageSeconds(values, now)), values: shown };
    });
    return [...external, ...custom];
  }

  #makeRoom(exists: boolean): void {
    if (exists) return;
    if (this.#count >= this.#maxValues) throw new LabError('ML-METRIC-MEMORY-FULL', { limit: this.#maxValues });
    this.#count += 1;
  }
}

const SHOWN_VALUES = 10;

function written(
  api: MetricReport['api'],
  metric: string,
  scope: string,
  series: number,
  age: number,
): Omit<MetricReport, 'values'> {
  return { api, metric, scope, source: null, series, ageSeconds: age, error: null };
}

function ageSeconds(values: readonly { readonly timestampMs: number }[], now: number): number {
  return (now - values.reduce((newest, { timestampMs }) => Math.max(newest, timestampMs), 0)) / 1000;
}

function slotKey({ group, resource }: ResourceKind, namespace: string | undefined, metric: string): string {
  return `${group}/${resource}\n${namespace ?? ''}\n${metric}`;
}
