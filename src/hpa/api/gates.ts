import { defaultGates, type Gates } from '../rules.ts';
import { type Quirks, quirksOf } from '../quirks.ts';

/** The API server whose rules hold: its version and feature gates. A gate that is absent has the version's default. */
export interface ApiPlatform {
  /** 26 for 1.26. */
  readonly minor: number;
  readonly gates?: Gates;
}

/** An API platform worked out. */
export interface ApiRules {
  readonly quirks: Quirks;
  /** minReplicas may be 0. */
  readonly scaleToZero: boolean;
  /** behavior tolerances are kept. */
  readonly tolerance: boolean;
  /** containerResource sources are kept. */
  readonly containerMetrics: boolean;
  /** metadata.generation is kept by the server. */
  readonly generation: boolean;
}

/** Gates of kube-apiserver as the HPA's strategy reads them. */
export function apiRules(platform: ApiPlatform): ApiRules {
  const { minor } = platform;
  const gates = { ...defaultGates(minor), ...platform.gates };
  const quirks = quirksOf(minor);
  return {
    quirks,
    scaleToZero: gates.HPAScaleToZero,
    // Locked on in 1.37; before 1.33 the field is unknown anyway.
    tolerance: gates.HPAConfigurableTolerance || minor >= 37,
    containerMetrics: !quirks.dropsContainerSources || gates.HPAContainerMetrics,
    generation: minor >= 37 && gates.HPAGeneration,
  };
}
