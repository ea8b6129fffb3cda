import { DEFAULT_FLAGS } from '../../hpa/index.ts';
import { type CatalogueFinding, kk } from '../finding.ts';
import { type HpaView, targetText } from '../hpa-view.ts';
import { bandOf, isArtefact, samplesOf } from '../samples.ts';

/** A Value metric that more replicas do not lower multiplies the count in every sync. */
export function valueRunsAway(view: HpaView): readonly CatalogueFinding[] {
  const first = view.series.find(({ hpa }) => samplesOf(hpa).length > 0);
  const last = view.series.at(-1);
  if (first === undefined || last === undefined || last.spec < 2 * Math.max(1, view.series[0]?.spec ?? 1)) return [];
  const { high } = bandOf(view.hpa, view.rules, DEFAULT_FLAGS.tolerance);
  const growth = last.spec / Math.max(1, view.series[0]?.spec ?? 1);
  const steps = view.series.filter(
    (sample, index) => index > 0 && sample.spec > (view.series[index - 1]?.spec ?? sample.spec),
  ).length;
  return samplesOf(last.hpa).flatMap((sample): CatalogueFinding[] => {
    const before = samplesOf(first.hpa).find(({ index }) => index === sample.index);
    const unmoved = before !== undefined && sample.usage >= 0.9 * before.usage && sample.usage <= 1.1 * before.usage;
    if (sample.kind !== 'Value' || sample.ratio <= high || !unmoved || steps < 2) return [];
    return [
      {
        id: 'value-vs-averagevalue-confusion',
        severity: 'error',
        title: `${sample.name} stayed at ${sample.shown} while ${targetText(view)} grew ${growth} times: its Value target ${sample.target} multiplies the count in every sync, up to maxReplicas ${view.hpa.spec.maxReplicas}`,
        evidence: [
          `observed: ${view.series[0]?.spec ?? 0} → ${last.spec} replicas in ${view.series.length} samples, value ${before.shown} → ${sample.shown}`,
          `computed: ratio ${sample.ratio.toFixed(2)} × ready pods, as if each replica had its own ${sample.name}`,
        ],
        upstream: [kk(79272), kk(87797)],
        fix: `a total such as a queue length needs an AverageValue: how much one replica may have of it`,
        next: `it runs to maxReplicas ${view.hpa.spec.maxReplicas} and stays there while the value is above ${sample.target}`,
      },
    ];
  });
}

/** What each replica has of its own, so that a sum or an average over replicas means nothing, told by the name. */
const PER_REPLICA =
  /(^|[_.-])(latency|duration|response_?time|quantile|p\d\d|percent(age|ile)?|ratio|utili[sz]ation|saturation)([_.-]|$)/i;

/** A latency or a ratio divided by the replicas gets better with each replica, whatever the users see. */
export function averageHides(view: HpaView): readonly CatalogueFinding[] {
  const replicas = view.hpa.status.currentReplicas;
  const { low, high } = bandOf(view.hpa, view.rules, DEFAULT_FLAGS.tolerance);
  return samplesOf(view.hpa).flatMap(({ name, kind, spec, shown, target, ratio }): CatalogueFinding[] => {
    const divided = kind === 'AverageValue' && (spec.type === 'External' || spec.type === 'Object');
    const hidden = divided && PER_REPLICA.test(name) && !isArtefact(shown) && ratio <= high && ratio * replicas > high;
    if (!hidden || replicas < 2) return [];
    return [
      {
        id: 'value-vs-averagevalue-confusion',
        severity: 'info',
        title: `${name} counts as ${shown} of ${target}, since its AverageValue target divides it by ${replicas} replicas; undivided it is ${(ratio * replicas).toFixed(2)} times the target, and its name tells of no total`,
        evidence: [
          `observed: status shows averageValue ${shown} at ${replicas} replicas`,
          `computed: as a Value the ratio ${(ratio * replicas).toFixed(2)} would ask for more than ${ratio < low ? 'the fewer that are asked for now' : replicas}`,
        ],
        upstream: [kk(79272), kk(87797)],
        fix: 'a ratio or a latency needs a Value target; only a total such as a queue length is divided by the replicas',
        next: null,
      },
    ];
  });
}
