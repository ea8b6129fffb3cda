import type { CatalogueFinding } from '../finding.ts';
import { kk } from '../finding.ts';
import { conditionOf, conditionText, hasCondition, type HpaView, scaleOf, targetText } from '../hpa-view.ts';

export function failedGetScale(view: HpaView): readonly CatalogueFinding[] {
  if (!hasCondition(view.hpa, 'AbleToScale', 'False', 'FailedGetScale')) return [];
  const { apiVersion, kind } = view.hpa.spec.scaleTargetRef;
  const exists = view.target === null ? null : !('error' in view.target);
  const message = conditionOf(view.hpa, 'AbleToScale')?.message ?? '';
  const why = message.includes('is forbidden')
    ? 'the controller may not read it'
    : exists === null
      ? 'whether there is such an object is unknown'
      : exists
        ? `the object exists, so ${kind} has no scale subresource`
        : 'there is no such object';
  return [
    {
      id: 'failedgetscale',
      severity: 'error',
      title: `the scale of ${targetText(view)} (${apiVersion ?? 'no apiVersion'}) cannot be read: ${why}`,
      evidence: [
        conditionText(view, 'AbleToScale'),
        exists === null
          ? `unknown: whether ${targetText(view)} exists`
          : `observed: ${targetText(view)} ${exists ? 'exists' : 'was not found'}`,
      ],
      upstream: ['pkg/controller/podautoscaler/horizontal.go scaleForResourceMappings'],
      fix: exists
        ? 'add subresources.scale to the CRD, or aim scaleTargetRef at something that has it'
        : 'correct kind, apiVersion and name of spec.scaleTargetRef',
      next: 'nothing scales until the scale can be read',
    },
  ];
}

export function failedUpdateScale(view: HpaView): readonly CatalogueFinding[] {
  if (!hasCondition(view.hpa, 'AbleToScale', 'False', 'FailedUpdateScale')) return [];
  const event = view.events.findLast(({ reason }) => reason === 'FailedRescale');
  return [
    {
      id: 'failedupdatescale',
      severity: 'error',
      title: `the API server refuses the new size of ${targetText(view)}: ${conditionOf(view.hpa, 'AbleToScale')?.message ?? ''}`,
      evidence: [
        conditionText(view, 'AbleToScale'),
        ...(event === undefined ? [] : [`observed: event FailedRescale: ${event.note}`]),
      ],
      upstream: [kk(67221)],
      fix: 'change the admission policy, webhook, quota or role that the message names',
      next: 'the HPA tries again in every sync',
    },
  ];
}

export function noSelector(view: HpaView): readonly CatalogueFinding[] {
  if (!hasCondition(view.hpa, 'ScalingActive', 'False', 'InvalidSelector')) return [];
  const selector = scaleOf(view)?.selector ?? '';
  return [
    {
      id: 'scale-without-selector',
      severity: 'error',
      title: `the scale of ${targetText(view)} has ${selector === '' ? 'no selector' : `the unusable selector ${selector}`}, so nobody knows which pods to count`,
      evidence: [conditionText(view, 'ScalingActive'), `observed: scale.status.selector is "${selector}"`],
      upstream: ['https://github.com/kedacore/keda/issues/5898'],
      fix: 'set labelSelectorPath in the scale subresource of the CRD, and let its controller write the selector there',
      next: 'nothing scales until the selector is there',
    },
  ];
}
