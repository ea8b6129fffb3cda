import type { ObjectMeta } from '../../contracts/kube-client.ts';
import { parseAs } from '../../kube/objects.ts';
import { PodSchema } from './pod-schema.ts';

type Maybe<T> = T | null | undefined;
type Quantities = Readonly<Record<string, string>>;

export interface HttpGetAction {
  readonly path: string;
  readonly port: number | string;
  readonly host?: string | undefined;
  readonly scheme: string;
  readonly httpHeaders?: Maybe<readonly { readonly name: string; readonly value: string }[]>;
}
export interface ExecAction {
  readonly command?: Maybe<readonly string[]>;
}
/** Times in seconds. */
export interface ProbeSpec {
  readonly httpGet?: HttpGetAction | undefined;
  readonly tcpSocket?: { readonly port: number | string; readonly host?: string | undefined } | undefined;
  readonly exec?: ExecAction | undefined;
  readonly grpc?: unknown;
  readonly initialDelaySeconds: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly successThreshold: number;
  readonly failureThreshold: number;
  readonly terminationGracePeriodSeconds?: number | undefined;
}
export interface KeyRef {
  readonly name: string;
  readonly key: string;
  readonly optional?: boolean | undefined;
}
export interface ResourceFieldRef {
  readonly resource: string;
  readonly containerName?: string | undefined;
  readonly divisor?: string | undefined;
}
export interface EnvVar {
  readonly name: string;
  readonly value?: string | undefined;
  readonly valueFrom?:
    | {
        readonly secretKeyRef?: KeyRef | undefined;
        readonly configMapKeyRef?: KeyRef | undefined;
        readonly fieldRef?: { readonly fieldPath: string } | undefined;
        readonly resourceFieldRef?: ResourceFieldRef | undefined;
      }
    | undefined;
}
export interface SourceRef {
  readonly name: string;
  readonly optional?: boolean | undefined;
}
export interface EnvFrom {
  readonly prefix: string;
  readonly configMapRef?: SourceRef | undefined;
  readonly secretRef?: SourceRef | undefined;
}
export interface ContainerPort {
  readonly name?: string | undefined;
  readonly containerPort: number;
  readonly protocol: string;
}
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: Maybe<readonly string[]>;
  readonly args?: Maybe<readonly string[]>;
  readonly env?: Maybe<readonly EnvVar[]>;
  readonly envFrom?: Maybe<readonly EnvFrom[]>;
  readonly ports?: Maybe<readonly ContainerPort[]>;
  readonly resources?: Maybe<{ readonly requests?: Maybe<Quantities>; readonly limits?: Maybe<Quantities> }>;
  readonly readinessProbe?: Maybe<ProbeSpec>;
  readonly livenessProbe?: Maybe<ProbeSpec>;
  readonly startupProbe?: Maybe<ProbeSpec>;
  readonly restartPolicy?: string | undefined;
  readonly volumeMounts?: Maybe<readonly { readonly name: string }[]>;
  readonly lifecycle?: Maybe<{
    readonly preStop?: Maybe<{ readonly exec?: ExecAction | undefined; readonly httpGet?: HttpGetAction | undefined }>;
  }>;
}
export interface PodCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: Maybe<string>;
}
export interface Toleration {
  readonly key?: string | undefined;
  readonly operator?: string | undefined;
  readonly value?: string | undefined;
  readonly effect?: string | undefined;
}
/** A volume: besides its name one field, whose name is its kind. */
export interface Volume {
  readonly name: string;
  readonly [kind: string]: unknown;
}
/** The parts of a Pod that the node works with, names as in the API. */
export interface Pod {
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly nodeName?: string | undefined;
    readonly restartPolicy: string;
    readonly terminationGracePeriodSeconds: number;
    readonly initContainers?: Maybe<readonly Container[]>;
    readonly containers: readonly Container[];
    readonly nodeSelector?: Maybe<Readonly<Record<string, string>>>;
    readonly tolerations?: Maybe<readonly Toleration[]>;
    readonly schedulingGates?: Maybe<readonly unknown[]>;
    readonly readinessGates?: Maybe<readonly { readonly conditionType: string }[]>;
    readonly schedulerName: string;
    readonly priority?: Maybe<number>;
    readonly overhead?: Maybe<Quantities>;
    readonly serviceAccountName?: string | undefined;
    readonly volumes?: Maybe<readonly Volume[]>;
  };
  readonly status: {
    readonly phase: string;
    readonly startTime?: Maybe<string>;
    readonly conditions?: Maybe<readonly PodCondition[]>;
    readonly qosClass?: string | undefined;
  };
}

/** A foreign value as a Pod. Raises ML-KUBE-SHAPE. */
export function parsePod(foreign: unknown): Pod {
  return parseAs(PodSchema, foreign, 'a Pod');
}

/** `namespace/name`. */
export function podKey(pod: { readonly metadata: ObjectMeta }): string {
  return `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
}

/** The kubelet's name for a pod in messages (pkg/kubelet/util/format Pod): `name_namespace(uid)`. */
export function podInMessages(pod: Pod): string {
  const { name, namespace = '', uid = '' } = pod.metadata;
  return `${name}_${namespace}(${uid})`;
}

export function isTerminal(pod: Pod): boolean {
  return pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
}
