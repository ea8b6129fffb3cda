import type { Clock } from '../../contracts/clock.ts';
import { asLabError, describe, LabError } from '../../errors/lab-error.ts';
import type { PrometheusApi, SeriesLabels } from '../../sources/prometheus/api.ts';
import type { ObjectDirectory } from '../objects/directory.ts';
import type { CustomMetric, ResourceKind } from '../provider.ts';
import { Association } from './association.ts';
import { expand, goRegExp, groupCount } from './go-regexp.ts';
import { type PrometheusRulesConfig, type RuleConfig, seriesNameIn } from './rule-config.ts';
import { type Node, parseTemplate } from './template/parse.ts';

/** A rule made ready. */
export interface Rule {
  readonly config: RuleConfig;
  readonly template: readonly Node[];
  readonly association: Association;
  /** The name in the API of a series of this name; undefined when the rule does not mean it. */
  readonly nameOf: (series: string) => string | undefined;
}

/** A series that a rule offers as a metric. */
export interface Offer {
  readonly rule: Rule;
  readonly series: string;
}
export interface ObjectOffer extends Offer {
  readonly resource: ResourceKind;
}

/** Series of the last minutes count: one that ended is offered no longer. */
const LOOK_BACK_MS = 5 * 60_000;
/** A metric that nobody knows is looked for at once, but not with every question. */
const AGAIN_MS = 3_000;

export interface CataloguePorts {
  readonly api: PrometheusApi;
  readonly clock: Clock;
  readonly objects: Pick<ObjectDirectory, 'resolve'>;
  /** Told of each new cause, and `undefined` when it works again. */
  readonly onState: (error: LabError | undefined) => void;
}

/** Which metrics the series of a Prometheus give by the rules, listed again and again in the background. */
export class Catalogue {
  readonly #ports: CataloguePorts;
  readonly #config: PrometheusRulesConfig;
  readonly #rules: readonly Rule[];
  readonly #externalRules: readonly Rule[];
  readonly #stopped = new AbortController();
  readonly #done: Promise<void>;
  #external: ReadonlyMap<string, Offer> = new Map();
  #custom: ReadonlyMap<string, ObjectOffer & CustomMetric> = new Map();
  #error: LabError | undefined;
  #listedAt = Number.NEGATIVE_INFINITY;
  #listing: Promise<void> | undefined;

  constructor(config: PrometheusRulesConfig, ports: CataloguePorts) {
    this.#ports = ports;
    this.#config = config;
    this.#rules = config.rules.map((rule) => ready(rule, ports.objects));
    this.#externalRules = config.externalRules.map((rule) => ready(rule, ports.objects));
    this.#done = this.#run();
  }

  get externalNames(): readonly string[] {
    return [...this.#external.keys()];
  }
  get customMetrics(): readonly CustomMetric[] {
    return [...this.#custom.values()];
  }

  /** Raises ML-METRIC-UNREAD when the series cannot be listed. */
  external(metric: string): Promise<Offer | undefined> {
    return this.#found(metric, () => this.#external.get(metric));
  }

  /** Raises ML-METRIC-UNREAD when the series cannot be listed. */
  custom(resource: ResourceKind, metric: string): Promise<ObjectOffer | undefined> {
    return this.#found(metric, () => this.#custom.get(keyOf(resource, metric)));
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#done;
  }

  async #found<T>(metric: string, look: () => T | undefined): Promise<T | undefined> {
    const known = look();
    if (known !== undefined) return known;
    const recent = this.#ports.clock.monotonic() - this.#listedAt < AGAIN_MS;
    if (!recent) await this.#list();
    const found = look();
    if (found === undefined && this.#error !== undefined)
      throw new LabError('ML-METRIC-UNREAD', { metric, cause: describe(this.#error) });
    return found;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await this.#list();
      await this.#ports.clock.sleep(this.#config.relistSeconds * 1000, signal).catch(() => signal.aborted);
    }
  }

  /** One listing at a time; never rejects. */
  #list(): Promise<void> {
    this.#listing ??= this.#listNow().finally(() => {
      this.#listing = undefined;
      this.#listedAt = this.#ports.clock.monotonic();
    });
    return this.#listing;
  }

  async #listNow(): Promise<void> {
    let error: LabError | undefined;
    try {
      const found = await this.#seriesOf(new Set([...this.#rules, ...this.#externalRules].map(queryOf)));
      this.#external = externalOffers(this.#externalRules, found);
      this.#custom = await objectOffers(this.#rules, found);
    } catch (caught) {
      if (this.#stopped.signal.aborted) return;
      error = asLabError(caught);
    }
    const changed = error?.message !== this.#error?.message;
    this.#error = error;
    if (changed) this.#ports.onState(error);
  }

  async #seriesOf(queries: ReadonlySet<string>): Promise<ReadonlyMap<string, readonly SeriesLabels[]>> {
    const { api, clock } = this.#ports;
    const limit = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(this.#config.timeoutSeconds * 1000)]);
    const found = new Map<string, readonly SeriesLabels[]>();
    for (const query of queries) found.set(query, await api.series(query, clock.now() - LOOK_BACK_MS, limit));
    return found;
  }
}

const queryOf = ({ config }: Rule): string => config.seriesQuery;
const keyOf = ({ group, resource }: ResourceKind, metric: string): string => `${group}/${resource}/${metric}`;

function ready(config: RuleConfig, objects: Pick<ObjectDirectory, 'resolve'>): Rule {
  const filters = config.seriesFilters.map(({ is, isNot }) => ({
    pattern: regExp(is ?? isNot ?? ''),
    wanted: is !== undefined,
  }));
  const matches = regExp(config.name.matches === '' ? '.*' : config.name.matches);
  const as = config.name.as === '' ? (groupCount(matches) === 1 ? '$1' : '$0') : config.name.as;
  return {
    config,
    template: parseTemplate(config.metricsQuery),
    association: new Association(config.resources, objects),
    nameOf: (series) => {
      if (filters.some(({ pattern, wanted }) => pattern.test(series) !== wanted)) return undefined;
      const match = matches.exec(series);
      const name = match === null ? '' : expand(as, match);
      return name === '' ? undefined : name;
    },
  };
}

/** The configuration's schema has tried it. */
function regExp(text: string): RegExp {
  const pattern = goRegExp(text);
  if (typeof pattern !== 'string') return pattern;
  throw new LabError('ML-INTERNAL', { text: `an unchecked regular expression: ${pattern}` });
}

/** Names of series with all labels that a series of that name has; with a default also what is not there now. */
function namesOf({ config, association }: Rule, found: ReadonlyMap<string, readonly SeriesLabels[]>) {
  const labels = new Map<string, Set<string>>();
  const named = config.default === undefined ? undefined : seriesNameIn(config.seriesQuery);
  const { namespaceLabel } = association;
  if (named !== undefined)
    labels.set(named, new Set([...association.namedLabels, ...(namespaceLabel === undefined ? [] : [namespaceLabel])]));
  for (const series of found.get(config.seriesQuery) ?? []) {
    const { __name__: name = '' } = series;
    const known = labels.get(name) ?? new Set();
    for (const label of Object.keys(series)) known.add(label);
    labels.set(name, known);
  }
  return [...labels].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Of two series with one name in the API the first counts, in the order of the rules. */
function externalOffers(
  rules: readonly Rule[],
  found: ReadonlyMap<string, readonly SeriesLabels[]>,
): ReadonlyMap<string, Offer> {
  const offers = new Map<string, Offer>();
  for (const rule of rules) {
    for (const [series] of namesOf(rule, found)) {
      const name = rule.nameOf(series);
      if (name !== undefined && !offers.has(name)) offers.set(name, { rule, series });
    }
  }
  return offers;
}

async function objectOffers(
  rules: readonly Rule[],
  found: ReadonlyMap<string, readonly SeriesLabels[]>,
): Promise<ReadonlyMap<string, ObjectOffer & CustomMetric>> {
  const offers = new Map<string, ObjectOffer & CustomMetric>();
  for (const rule of rules) {
    const { association } = rule;
    for (const [series, labels] of namesOf(rule, found)) {
      const metric = rule.nameOf(series);
      if (metric === undefined) continue;
      for (const label of labels) {
        const resource = label === '__name__' ? undefined : await association.kindOf(label);
        // An object in a namespace is found only by series that say which namespace.
        if (resource === undefined || (resource.namespaced && !labels.has(association.namespaceLabel ?? ''))) continue;
        const key = keyOf(resource, metric);
        if (!offers.has(key)) offers.set(key, { rule, series, resource, metric });
      }
    }
  }
  return offers;
}
