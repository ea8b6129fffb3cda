import type { MetricFault } from '../contracts/metrics-admin.ts';
import type { KubeObject } from '../contracts/kube-client.ts';

/** One thing that is done to the namespace of a drill, in order. */
export type DrillStep =
  /** Writes the external metric `value` (or another one) of the namespace. */
  | { readonly set: string; readonly metric?: string }
  /** Makes the metric misbehave; null ends it. */
  | { readonly fault: MetricFault | null }
  /** Somebody scales the Deployment by hand. */
  | { readonly scale: number }
  /** Waits until the HPA wants so many replicas and the Deployment has them. */
  | { readonly reached: number }
  /** Lets a policy period go by: the one thing that no condition tells. */
  | { readonly seconds: number }
  /** Merge patch of the HPA's spec. */
  | { readonly patch: Readonly<Record<string, unknown>> }
  /** Merge patch of the HPA as autoscaling/v1 shows it. */
  | { readonly v1: Readonly<Record<string, unknown>> }
  /** Waits until ScalingActive of the HPA has this status. */
  | { readonly active: 'True' | 'False' }
  /** Applied as another field manager would. */
  | { readonly apply: (namespace: string) => readonly KubeObject[] };

/** An anomaly made to happen, or a healthy look-alike of one. Data only: src/drill/run.ts does it. */
export interface Drill {
  /** Id of the finding, or `ok-…` for a healthy look-alike. */
  readonly id: string;
  readonly title: string;
  /** What is seen, why it is so, what to do. */
  readonly teaches: { readonly see: string; readonly why: string; readonly act: string };
  /** The only architecture of the control plane on which it happens; any when left out. */
  readonly arch?: 'amd64' | 'arm64';
  /** What explain must name; null = it must warn of nothing. */
  readonly finding: string | null;
  /** True beside it: what else explain may warn of. */
  readonly also?: readonly string[];
  /** Replicas of the Deployment `web` at the beginning; 1 when left out. */
  readonly replicas?: number;
  /** Value of the metric at the beginning; absent = nobody serves it. */
  readonly value?: string;
  /** Fields of the HPA's spec beside the target; metrics default to `value` with averageValue 10. */
  readonly hpa: Readonly<Record<string, unknown>>;
  /** Further objects, applied before the HPA. */
  readonly objects?: (namespace: string) => readonly KubeObject[];
  readonly steps?: readonly DrillStep[];
  /** What the finding advises, done: afterwards it must be gone. Absent = nothing to do or nothing that a lab can do. */
  readonly cure?: readonly DrillStep[];
}

/** Name of the HPA and of its target, and of the metric. */
export const WEB = 'web';
export const METRIC = 'load';
/** Where kubectl apply keeps what it was given. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** An external metric with a target for each replica. */
export const perReplica = (averageValue: string, name: string = METRIC): object => ({
  type: 'External',
  external: { metric: { name }, target: { type: 'AverageValue', averageValue } },
});
/** An external metric with a target for all of it. */
export const forAll = (value: string, name: string = METRIC): object => ({
  type: 'External',
  external: { metric: { name }, target: { type: 'Value', value } },
});
/** No stabilization, so that a drill need not wait five minutes. */
export const AT_ONCE = { scaleDown: { stabilizationWindowSeconds: 0 } };

/** A Deployment whose pods only wait. */
export function pausing(namespace: string, name: string, settings: DeploymentSettings = {}): KubeObject {
  const { replicas, labels = { app: name }, requests = { cpu: '1m', memory: '1Mi' } } = settings;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [{ name, image: 'metrics-lab/pause', resources: { requests } }],
        },
      },
    },
  };
}
interface DeploymentSettings {
  readonly replicas?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly requests?: Readonly<Record<string, string>>;
}

/** An HPA on a Deployment of its name. */
export function hpaObject(namespace: string, name: string, spec: Readonly<Record<string, unknown>>): KubeObject {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      metrics: [perReplica('10')],
      ...spec,
    },
  };
}
