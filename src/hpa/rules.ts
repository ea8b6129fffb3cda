import { type Arch, type Quirks, quirksOf } from './quirks.ts';

/** Feature gates of kube-controller-manager that the HPA code reads. One that is absent has the version's own default. */
export interface Gates {
  readonly HPAScaleToZero?: boolean;
  readonly HPAConfigurableTolerance?: boolean;
  readonly HPAContainerMetrics?: boolean;
  readonly PodLevelResources?: boolean;
  readonly HPAGeneration?: boolean;
  readonly HPAOptimizedSelectorStore?: boolean;
}

/** The control plane whose controller is computed. */
export interface Platform {
  /** Minor version of Kubernetes: 26 … 37 for 1.26 … 1.37. */
  readonly minor: number;
  /** CPU architecture of the machine that runs kube-controller-manager. */
  readonly arch: Arch;
  readonly gates: Gates;
}

/** A platform worked out: every quirk as a yes or no, and the gates that count. */
export interface Rules extends Quirks {
  readonly minor: number;
  readonly arch: Arch;
  /** float → int conversions saturate (arm64) instead of giving the smallest integer (amd64). */
  readonly saturating: boolean;
  /** Gate HPAScaleToZero as the controller sees it (it reads the gate from 1.36 on). */
  readonly scaleToZero: boolean;
  readonly containerMetrics: boolean;
  /** At most two HPAs are named in an ambiguity (1.37 with HPAOptimizedSelectorStore). */
  readonly optimizedSelectorStore: boolean;
  /** Gate HPAGeneration, from 1.37 on. */
  readonly generation: boolean;
}

/** The gates' own defaults in a minor version (pkg/features/kube_features.go). */
export function defaultGates(minor: number): Required<Gates> {
  return {
    HPAScaleToZero: minor >= 37,
    HPAConfigurableTolerance: minor >= 35,
    HPAContainerMetrics: minor >= 27,
    PodLevelResources: minor >= 34,
    HPAGeneration: minor >= 37,
    HPAOptimizedSelectorStore: minor >= 37,
  };
}

function workOut(platform: Platform): Rules {
  const { minor, arch } = platform;
  const gates = { ...defaultGates(minor), ...platform.gates };
  const quirks = quirksOf(minor);
  return {
    ...quirks,
    minor,
    arch,
    saturating: arch === 'arm64',
    // A gate that is locked on (1.37) cannot be switched off.
    configurableTolerance: quirks.configurableTolerance && (gates.HPAConfigurableTolerance || minor >= 37),
    podLevelRequests: quirks.podLevelRequests && gates.PodLevelResources,
    scaleToZero: minor >= 36 && gates.HPAScaleToZero,
    containerMetrics: minor <= 26 || minor >= 30 || gates.HPAContainerMetrics,
    optimizedSelectorStore: minor >= 37 && gates.HPAOptimizedSelectorStore,
    generation: quirks.observedGeneration && gates.HPAGeneration,
  };
}

const known = new WeakMap<Platform, Rules>();

/** Works a platform out; for the same object the same rules again. */
export function rulesOf(platform: Platform): Rules {
  const found = known.get(platform);
  if (found !== undefined) return found;
  const rules = workOut(platform);
  known.set(platform, rules);
  return rules;
}
