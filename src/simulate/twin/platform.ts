import { type Arch, type ControllerFlags, DEFAULT_FLAGS, type Platform } from '../../hpa/index.ts';

/** The controller that is simulated. */
export interface SimulatedController {
  readonly platform: Platform;
  readonly flags: ControllerFlags;
}

/** The start of simulated time, as the controller sees it. */
export const EPOCH_MS: number = 1_767_225_600_000; // 2026-01-01T00:00:00Z

/** A controller with its default flags; an HPA with minReplicas 0 only exists where the gate HPAScaleToZero is on. */
export function controllerFor(minor: number, arch: Arch, minReplicas: number): SimulatedController {
  return {
    platform: { minor, arch, gates: minReplicas === 0 ? { HPAScaleToZero: true } : {} },
    flags: DEFAULT_FLAGS,
  };
}
