import type { Availability, BackendName, ClusterBackend, ClusterSpec } from '../contracts/backend.ts';
import { LabError } from '../errors/lab-error.ts';
import { type ContextBackendPorts, contextBackend } from './context/context-backend.ts';
import { type EmbeddedBackendPorts, embeddedBackend } from './embedded/embedded-backend.ts';
import { type KindBackendPorts, kindBackend } from './kind/kind-backend.ts';
import { type MinikubeBackendPorts, minikubeBackend } from './minikube/minikube-backend.ts';
import { type NativeBackendPorts, nativeBackend } from './native/native-backend.ts';

/** The order in which `auto` looks (DESIGN 3.1). `native` is last: it takes seconds and 400 MB where the others take less. */
const AUTO: readonly BackendName[] = ['kind', 'minikube', 'embedded', 'native'];

export interface BackendChoice {
  readonly backend: ClusterBackend;
  /** For the user: which one and why. */
  readonly why: string;
}

/** What the backends need from outside, all together. */
export type BackendPorts = NativeBackendPorts &
  EmbeddedBackendPorts &
  KindBackendPorts &
  MinikubeBackendPorts &
  ContextBackendPorts;

/** The backends of this version. */
export function clusterBackends(ports: BackendPorts): readonly ClusterBackend[] {
  return [
    embeddedBackend(ports),
    nativeBackend(ports),
    kindBackend(ports),
    minikubeBackend(ports),
    contextBackend(ports),
  ];
}

/**
 * The backend of that name, or for `auto` the first that can be used here. One that was named is not asked whether it can:
 * its `create` says more exactly what is missing. Raises ML-BACKEND-ABSENT, ML-BACKEND-NONE (exit 3) with every backend's
 * reason and fix.
 */
export async function chooseBackend(
  backends: readonly ClusterBackend[],
  name: BackendName | 'auto',
  spec: ClusterSpec,
): Promise<BackendChoice> {
  if (name !== 'auto') {
    const backend = backends.find((each) => each.name === name);
    if (backend !== undefined) return { backend, why: `${name}: asked for` };
    throw new LabError('ML-BACKEND-ABSENT', { backend: name, backends: backends.map((each) => each.name).join(', ') });
  }
  const refusals: { readonly name: BackendName; readonly availability: Availability }[] = [];
  for (const candidate of AUTO) {
    const backend = backends.find((each) => each.name === candidate);
    const availability = (await backend?.available(spec)) ?? NOT_HERE;
    if (backend !== undefined && availability.ok) return { backend, why: `${candidate}: ${availability.detail}` };
    refusals.push({ name: candidate, availability });
  }
  const context = backends.some((each) => each.name === 'context') ? ONLY_NAMED : NOT_HERE;
  throw noneUsable([...refusals, { name: 'context', availability: context }]);
}

const NOT_HERE: Availability = { ok: false, reasons: [{ why: 'not in this version of metrics-lab', fix: '' }] };
const ONLY_NAMED: Availability = {
  ok: false,
  reasons: [{ why: 'only used when named', fix: 'name it with --backend context' }],
};

function noneUsable(
  refusals: readonly { readonly name: BackendName; readonly availability: Availability }[],
): LabError {
  const all = refusals.flatMap(({ name, availability }) =>
    availability.ok ? [] : availability.reasons.map((reason) => ({ name, ...reason })),
  );
  return new LabError('ML-BACKEND-NONE', {
    reasons: all.map(({ name, why }) => `${name}: ${why}`).join('; '),
    fixes: all
      .filter(({ fix }) => fix !== '')
      .map(({ name, fix }) => `${name}: ${fix}`)
      .join('; '),
  });
}
