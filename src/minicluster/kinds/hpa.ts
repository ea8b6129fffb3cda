import type { KubeObject } from '../../contracts/kube-client.ts';
import { decodeV1, decodeV2, encodeV1, encodeV2 } from '../../hpa/api/codec.ts';
import { defaultV1, v1ToV2, v2ToV1 } from '../../hpa/api/convert-v1.ts';
import { defaultHpa } from '../../hpa/api/defaults.ts';
import { type ApiRules, apiRules } from '../../hpa/api/gates.ts';
import { prepareForCreate } from '../../hpa/api/prepare.ts';
import type { HpaV1, HpaV2 } from '../../hpa/api/types.ts';
import { validateHpa, validateHpaStatus } from '../../hpa/api/validate.ts';
import { HPA_COLUMNS, hpaCells } from '../../hpa/render/table.ts';
import { AGE } from '../api/table.ts';
import { KUBERNETES_MINOR, QUIRKS } from '../kubernetes-version.ts';
import { hpaV1, hpaV2 } from '../types/hpa.ts';
import type { Column, Kind } from './kind.ts';

// Defaults, validation and conversion are the twin's: it is proved by upstream's own vectors.

/** A lab may scale to zero. */
const API_RULES: ApiRules = apiRules({ minor: KUBERNETES_MINOR, gates: { HPAScaleToZero: true } });

const read = (object: KubeObject): HpaV2 => decodeV2(object, QUIRKS).value;
const written = (hpa: HpaV2): KubeObject => whole(encodeV2(hpa, QUIRKS), hpa.metadata, 'autoscaling/v2');

const FAULTLESS = { name: 'x', namespace: 'x' };

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  Reference: 'Reference to the scaled resource.',
  Targets: 'Current and target values of the metrics.',
  MinPods: 'Lower limit of the number of pods.',
  MaxPods: 'Upper limit of the number of pods.',
  Replicas: 'Current number of pods.',
};

export const hpa: Kind = {
  group: 'autoscaling',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  singular: 'horizontalpodautoscaler',
  shortNames: ['hpa'],
  categories: ['all'],
  namespaced: true,
  subresources: { status: true },
  versions: [
    { version: 'v2', type: hpaV2 },
    {
      version: 'v1',
      type: hpaV1,
      toStored: (object) => written(v1ToV2(defaultV1(decodeV1(object, QUIRKS).value), QUIRKS)),
      fromStored: (object) => {
        const v1: HpaV1 = v2ToV1(read(object), QUIRKS);
        return whole(encodeV1(v1, QUIRKS), v1.metadata, 'autoscaling/v1');
      },
    },
  ],
  // As the twin has it in memory until it is valid: Go's JSON would drop an empty list, which is wrong where none is right.
  default: (object) => inMemory(defaultHpa(read(object)), object),
  prepareCreate: (object) => inMemory(prepareForCreate(read(object), API_RULES), object),
  complete: (object) => written(read(object)),
  // Metadata is the registry's to check: the twin gets one without fault.
  validate: (object, _context, old) =>
    validateHpa(
      { ...read(object), metadata: FAULTLESS },
      API_RULES,
      old === undefined ? undefined : { ...read(old), metadata: FAULTLESS },
    ),
  validateStatus: (object) => validateHpaStatus(read(object)),
  columns: HPA_COLUMNS.map(
    ({ name, type, format }, at): Column => ({
      name,
      type,
      format,
      description: DESCRIPTIONS[name] ?? AGE.description,
      cell: (object, now) => hpaCells(read(object), now, QUIRKS)[at] ?? '',
    }),
  ),
};

function inMemory(hpa: HpaV2, { metadata }: KubeObject): KubeObject {
  return { ...hpa, apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata };
}

/** The twin keeps metadata as it was; its encoder writes only what it knows. */
function whole(json: Readonly<Record<string, unknown>>, metadata: HpaV2['metadata'], apiVersion: string): KubeObject {
  const { annotations, ...rest } = metadata as KubeObject['metadata'];
  const kept = annotations === undefined || Object.keys(annotations).length === 0 ? {} : { annotations };
  return { ...json, apiVersion, kind: 'HorizontalPodAutoscaler', metadata: { ...rest, ...kept } };
}
