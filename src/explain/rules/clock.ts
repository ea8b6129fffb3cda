import type { CatalogueFinding } from '../finding.ts';
import type { HpaView } from '../hpa-view.ts';
import { itemsOf } from '../recompute.ts';

/** Clocks that differ by less are normal. */
const SKEW_MS = 30_000;
/** Older samples are no scrape interval any more. */
const STALE_MS = 30 * 60_000;

interface Stamp {
  readonly what: string;
  readonly at: string;
}

function stamps(view: HpaView): readonly Stamp[] {
  const pods = (view.pods ?? []).flatMap(({ metadata, status }) => [
    { what: `pod ${metadata.name} creationTimestamp`, at: metadata.creationTimestamp },
    { what: `pod ${metadata.name} startTime`, at: status?.startTime },
    ...(status?.conditions ?? []).map((c) => ({
      what: `pod ${metadata.name} condition ${c.type}`,
      at: c.lastTransitionTime,
    })),
  ]);
  const own = (view.hpa.status.conditions ?? []).map((c) => ({
    what: `condition ${c.type}`,
    at: c.lastTransitionTime,
  }));
  const events = view.events.map((event) => ({
    what: `event ${event.reason}`,
    at: event.series?.lastObservedTime ?? event.deprecatedLastTimestamp ?? event.eventTime,
  }));
  const all = [
    ...pods,
    ...own,
    { what: 'creationTimestamp of the HPA', at: view.hpa.metadata.creationTimestamp },
    { what: 'lastScaleTime', at: view.hpa.status.lastScaleTime },
    ...events,
    ...metricStamps(view),
  ];
  return all.flatMap(({ what, at }) => (at === undefined || at === null ? [] : [{ what, at }]));
}

function metricStamps(view: HpaView): readonly Stamp[] {
  return view.answers.flatMap((answer) => {
    const items = answer === null ? null : itemsOf(answer);
    return (items ?? []).flatMap(({ timestamp }) =>
      typeof timestamp === 'string' ? [{ what: `sample of ${answer?.path ?? ''}`, at: timestamp }] : [],
    );
  });
}

const ahead = (view: HpaView): readonly Stamp[] =>
  stamps(view).filter(({ at }) => Date.parse(at) > view.nowMs + SKEW_MS);

/** Whether a clock that wrote the evidence is ahead. */
export const isSkewed = (view: HpaView): boolean => ahead(view).length > 0;

export function clockSkew(view: HpaView): readonly CatalogueFinding[] {
  const future = ahead(view);
  const worst = future.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))[0];
  if (worst === undefined) return [];
  const minutes = Math.round((Date.parse(worst.at) - view.nowMs) / 6_000) / 10;
  return [
    {
      id: 'clock-skew',
      severity: 'error',
      title: `${worst.what} lies ${minutes} minutes in the future: a clock is ahead, and the controller compares such times`,
      evidence: future.slice(0, 5).map(({ what, at }) => `observed: ${what} ${at}`),
      upstream: [
        'pkg/controller/podautoscaler/replica_calculator.go groupPods',
        'https://github.com/kubernetes-sigs/prometheus-adapter/issues/642',
      ],
      fix: 'set the clocks of the nodes (NTP), then restart the pods whose times are wrong',
      next: `cpu samples count as older than readiness for ${minutes} more minutes`,
    },
  ];
}

export function staleMetrics(view: HpaView): readonly CatalogueFinding[] {
  const old = metricStamps(view).filter(({ at }) => Date.parse(at) > 0 && view.nowMs - Date.parse(at) > STALE_MS);
  const worst = old.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))[0];
  if (worst === undefined) return [];
  return [
    {
      id: 'stale-metrics',
      severity: 'warning',
      title: `the ${worst.what} is ${Math.round((view.nowMs - Date.parse(worst.at)) / 60_000)} minutes old, and the controller follows it as if it were new`,
      evidence: old.slice(0, 5).map(({ what, at }) => `observed: ${what} has timestamp ${at}`),
      upstream: [
        'k8s.io/kubernetes/pkg/controller/podautoscaler/metrics/client.go',
        'https://github.com/zalando-incubator/kube-metrics-adapter/issues/97',
      ],
      fix: 'repair what feeds the adapter; shorten its cache; alert on the age of samples, the controller never looks at it',
      next: null,
    },
  ];
}
