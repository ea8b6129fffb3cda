import { encodeV2, type MetricAnswer } from '../hpa/index.ts';
import type { Bundle } from './bundle.ts';
import { viewsOf } from './bundle-views.ts';
import { catalogueFindings } from './catalogue.ts';
import type { Evidence, Fact, HpaEvidence } from './evidence.ts';
import { explain } from './explain.ts';
import type { ExplainedHpa } from './explanation.ts';
import { type HpaView, scaleOf } from './hpa-view.ts';
import { answerAsMetric } from './recompute-view.ts';

/**
 * Explains every HPA of a bundle without a cluster: the chain as of the recorded answers, and the findings of the catalogue.
 * Raises ML-KUBE-SHAPE for an HPA that is none.
 */
export function explainBundle(bundle: Bundle): readonly ExplainedHpa[] {
  return viewsOf(bundle).flatMap((view) => {
    const findings = catalogueFindings(view);
    return explain(evidenceOf(bundle, view)).map((explained) => ({ ...explained, findings: [...findings] }));
  });
}

const FROM = 'the evidence bundle';

function evidenceOf({ kubernetesVersion, arch, recordedAt }: Bundle, view: HpaView): Evidence {
  const [major = '1', minor = ''] = kubernetesVersion.split('.');
  const version = { gitVersion: `v${kubernetesVersion}`, major, minor, platform: `linux/${arch}` };
  return {
    at: recordedAt,
    namespace: view.namespace,
    version: { value: version, from: FROM },
    architectures: { value: [arch], from: FROM },
    hpas: [ownOf(view)],
    names: [view.name, ...view.others.map(({ metadata }) => metadata.name ?? '')],
  };
}

function ownOf(view: HpaView): HpaEvidence {
  const scale = scaleOf(view);
  const refused = view.scale !== null && 'error' in view.scale ? view.scale.error.message : 'it was not recorded';
  return {
    hpa: encodeV2(view.hpa, view.rules),
    from: FROM,
    scale:
      scale === null
        ? { unknown: `cannot read the scale (${refused})`, from: FROM }
        : {
            value: { specReplicas: scale.spec, statusReplicas: scale.status, selector: scale.selector },
            from: FROM,
          },
    // The objects keep more fields than the evidence of a live cluster, which reads the same ones.
    pods: { value: view.pods as unknown as Extract<HpaEvidence['pods'], { value: unknown }>['value'], from: FROM },
    metrics: (view.hpa.spec.metrics ?? []).map((spec, index): Fact<EvidenceAnswer> | null => {
      const answer = view.answers[index] ?? null;
      const metric = answerAsMetric(spec.type, answer);
      if (answer === null || metric === undefined) return null;
      return { value: metric as EvidenceAnswer, from: `GET ${answer.path}, as recorded` };
    }),
  };
}

type EvidenceAnswer = MetricAnswer & Extract<NonNullable<HpaEvidence['metrics'][number]>, { value: unknown }>['value'];
