import type { Quirks } from '../quirks.ts';
import { type OldMetric, specFromOld, statusFromOld } from './convert-metrics.ts';
import { defaultV1, v1ToV2 } from './convert-v1.ts';
import { type DecodeProblem, decodeStruct } from './decode.ts';
import { V1, V2BETA1 } from './schema-v1.ts';
import { V2, V2BETA2 } from './schema-v2.ts';
import type { HpaObjectMeta, HpaSpec, HpaStatus, HpaV1, HpaV2 } from './types.ts';

export type HpaVersion = 'v1' | 'v2' | 'v2beta1' | 'v2beta2';

/** A manifest read as an HPA, whatever version of autoscaling it is written in. */
export interface ReadHpa {
  readonly version: HpaVersion;
  /** As autoscaling/v2 has it; not defaulted, and in need of validation. */
  readonly hpa: HpaV2;
  /** Wrong types and unknown fields, in the manifest's own version. */
  readonly problems: readonly DecodeProblem[];
}

/** Why a document is no HPA at all. */
export interface NotAnHpa {
  readonly reason: 'not an object' | 'other kind' | 'unknown version';
  readonly apiVersion: string;
  readonly kind: string;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Newest first. */
export const READABLE_VERSIONS: readonly HpaVersion[] = ['v2', 'v1', 'v2beta2', 'v2beta1'];
const isVersion = (text: string): text is HpaVersion => (READABLE_VERSIONS as readonly string[]).includes(text);

/**
 * Reads foreign JSON (a parsed manifest) as an HPA. v1 and the betas, which no server since 1.26 takes, are converted as
 * upstream did; `version` tells which it was, so that the caller can say so.
 */
export function readHpa(json: unknown, quirks: Quirks): ReadHpa | NotAnHpa {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return { reason: 'not an object', apiVersion: '', kind: '' };
  }
  const { apiVersion, kind } = json as Readonly<Record<string, unknown>>;
  const named = { apiVersion: textOf(apiVersion), kind: textOf(kind) };
  const [group, version = ''] = named.apiVersion.split('/');
  if (kind !== 'HorizontalPodAutoscaler' || group !== 'autoscaling') return { reason: 'other kind', ...named };
  if (!isVersion(version)) return { reason: 'unknown version', ...named };
  return { version, ...readVersion(json, version, quirks) };
}

function readVersion(json: unknown, version: HpaVersion, quirks: Quirks): Omit<ReadHpa, 'version'> {
  const schema = { v1: V1, v2: V2.object, v2beta1: V2BETA1, v2beta2: V2BETA2.object }[version];
  const { value, problems } = decodeStruct(json, schema, { quirks });
  if (version === 'v1') return { hpa: v1ToV2(defaultV1(value as HpaV1), quirks), problems };
  if (version === 'v2beta1') return { hpa: asV2(fromBeta1(value as HpaV2Beta1)), problems };
  // v2beta2 has v2's fields (pkg/apis/autoscaling/v2beta2 converts them one to one).
  return { hpa: version === 'v2' ? (value as HpaV2) : asV2(value as HpaV2), problems };
}

const asV2 = (hpa: HpaV2): HpaV2 => ({ ...hpa, apiVersion: 'autoscaling/v2' });

interface HpaV2Beta1 {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: HpaObjectMeta;
  readonly spec: Omit<HpaSpec, 'metrics' | 'behavior'> & { readonly metrics?: readonly OldMetric[] };
  readonly status: Omit<HpaStatus, 'currentMetrics'> & { readonly currentMetrics?: readonly OldMetric[] };
}

/** pkg/apis/autoscaling/v2beta1/conversion.go: v1's spelling of metrics, in fields instead of annotations. */
function fromBeta1(hpa: HpaV2Beta1): HpaV2 {
  const { metrics, ...spec } = hpa.spec;
  const { currentMetrics, ...status } = hpa.status;
  return {
    ...hpa,
    spec: {
      ...spec,
      ...(metrics === undefined ? {} : { metrics: metrics.map((metric) => specFromOld(metric, false)) }),
    },
    status: {
      ...status,
      ...(currentMetrics === undefined ? {} : { currentMetrics: currentMetrics.map(statusFromOld) }),
    },
  };
}
