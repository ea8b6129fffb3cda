import type { Cycle } from './cycle.ts';
import type { ScaleAnswer } from './types.ts';

/** A scale that was read. */
export interface Scale {
  readonly specReplicas: number;
  readonly statusReplicas: number;
  readonly selector: string;
}

/** apimachinery runtime/schema/group_version.go ParseGroupVersion: the error's text, or null. */
function groupVersionError(apiVersion: string): string | null {
  return apiVersion.split('/').length > 2 ? `unexpected GroupVersion string: ${apiVersion}` : null;
}

/** The raw error, for the event and the condition, and what the cycle returns. */
interface ScaleError {
  readonly raw: string;
  readonly returned: string;
}

function errorOf(cycle: Cycle, answer: ScaleAnswer): ScaleError | null {
  const raw = groupVersionError(cycle.input.hpa.spec.scaleTargetRef.apiVersion ?? '');
  if (raw !== null) return { raw, returned: `invalid API version in scale target reference: ${raw}` };
  if ('mappingError' in answer) {
    const error = answer.mappingError;
    return { raw: error, returned: `unable to determine resource for scale target reference: ${error}` };
  }
  if (!('getError' in answer)) return null;
  const error = answer.getError;
  return { raw: error, returned: `failed to query scale subresource for ${cycle.reference}: ${error}` };
}

/**
 * The target's scale, or the error with which the cycle ends; an event and the condition AbleToScale say which.
 * Upstream: horizontal.go reconcileAutoscaler, scaleForResourceMappings.
 */
export function readScale(cycle: Cycle): Scale | { readonly error: string } {
  const answer = cycle.input.scale;
  const error = errorOf(cycle, answer);
  if (error !== null || !('selector' in answer)) {
    const raw = error?.raw ?? '';
    cycle.warn('FailedGetScale', raw);
    const message = `the HPA controller was unable to get the target's current scale: ${raw}`;
    cycle.conditions.set('AbleToScale', 'False', 'FailedGetScale', message);
    return { error: error?.returned ?? '' };
  }
  const message = "the HPA controller was able to get the target's current scale";
  cycle.conditions.set('AbleToScale', 'True', 'SucceededGetScale', message);
  return answer;
}
