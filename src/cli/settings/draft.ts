import type { BackendName } from '../../contracts/backend.ts';
import type { QueueKind } from '../../contracts/lab-spec.ts';
import type { PipelineName } from '../../contracts/pipelines.ts';
import { LabError } from '../../errors/lab-error.ts';
import { IMAGES } from './fields.ts';
import type { Origin } from './layers.ts';
import type { LabDraft } from './settings.ts';

/** The values, all checked by their parsers, as a spec. */
export function draftOf(values: ReadonlyMap<string, Origin>): LabDraft {
  const value = (path: string) => values.get(path)?.value;
  const text = (path: string) => String(needed(path, value(path)));
  const number = (path: string) => Number(needed(path, value(path)));
  const optional = (path: string) => (value(path) === undefined ? undefined : text(path));
  const version = optional('kubernetesVersion');
  const binDir = optional('binDir');
  const nodeImage = optional('nodeImage');
  const programImage = optional('programImage');
  const driver = optional('driver');
  const contexts = optional('allowedContexts');
  const url = optional('queue.url');
  return {
    lab: text('lab'),
    backend: text('backend') as BackendName | 'auto',
    namespace: text('namespace'),
    pipeline: text('pipeline') as PipelineName,
    ...(version === undefined ? {} : { kubernetesVersion: version }),
    ...(binDir === undefined ? {} : { binDir }),
    ...(nodeImage === undefined ? {} : { nodeImage }),
    ...(contexts === undefined ? {} : { allowedContexts: contexts.split(',').map((name) => name.trim()) }),
    ...(driver === undefined ? {} : { driver }),
    ...(programImage === undefined ? {} : { programImage }),
    syncPeriodSeconds: number('syncPeriod') / 1000,
    hpa: {
      min: number('hpa.min'),
      max: number('hpa.max'),
      target: text('hpa.target'),
      scaleDownWindowSeconds: number('hpa.scaleDownWindow') / 1000,
    },
    queue: {
      kind: text('queue.kind') as QueueKind,
      name: text('queue.name'),
      ...(url === undefined ? {} : { url }),
    },
    consumer: {
      serviceTimeMs: number('consumer.serviceTime'),
      startDelayMs: number('consumer.startDelay'),
      failureRate: number('consumer.failureRate'),
      maxAttempts: number('consumer.maxAttempts'),
    },
    nodes: number('nodes'),
    apiPort: number('apiPort'),
    node: { cpu: text('node.cpu'), memory: text('node.memory'), pods: number('node.pods') },
    images: images(values),
  };
}

function images(values: ReadonlyMap<string, Origin>): Record<string, readonly string[]> {
  const found: Record<string, readonly string[]> = {};
  for (const { path, value } of values.values()) {
    if (path.startsWith(`${IMAGES}.`) && typeof value === 'object') found[path.slice(IMAGES.length + 1)] = value;
  }
  return found;
}

function needed(path: string, value: Origin['value'] | undefined): Origin['value'] {
  if (value !== undefined) return value;
  throw new LabError('ML-INTERNAL', { text: `the setting ${path} has no default` });
}
