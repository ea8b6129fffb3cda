import type { HpaCondition } from '../../kube/hpa-schema.ts';
import type { HpaView } from './model.ts';

/**
 * Says in one sentence what the controller decided last. The observed one reads the status and events; another may
 * compute it (the twin), with the numbers of every step.
 */
export type DecisionText = (view: HpaView) => string;

/** The last decision as the HPA's conditions and events tell it: `<Reason>: <message>`, faults before limits before news. */
export const observedDecision: DecisionText = (view) => {
  const { conditions } = view.summary;
  const condition = (type: string) => conditions.find((entry) => entry.type === type);
  const able = condition('AbleToScale');
  const active = condition('ScalingActive');
  const limited = condition('ScalingLimited');
  if (able !== undefined && able.status !== 'True') return sentence(able);
  if (active !== undefined && active.status !== 'True') return sentence(active);
  if (able === undefined) return 'the HPA controller has not looked at this HPA yet';
  const parts = [able.reason === 'SucceededRescale' ? rescale(view, able) : sentence(able)];
  if (limited?.status === 'True') parts.push(sentence(limited));
  return parts.join('; ');
};

/** The event of a rescale says why; the condition only that it happened. */
function rescale(view: HpaView, able: HpaCondition): string {
  const size = `New size: ${view.summary.desired};`;
  const event = view.events.findLast(
    ({ reason, message }) => reason === 'SuccessfulRescale' && message.startsWith(size),
  );
  return event === undefined ? sentence(able) : `${event.reason}: ${plainSelectors(event.message)}`;
}

function sentence({ reason, message }: { readonly reason: string; readonly message: string }): string {
  return message === '' ? reason : `${reason}: ${plainSelectors(message)}`;
}

const GO_SELECTOR =
  /\(?&LabelSelector\{MatchLabels:map\[string\]string\{([^}]*)\},MatchExpressions:\[\]LabelSelectorRequirement\{\},\}\)?/g;

/** The controller prints selectors as Go values; `queue_length(&LabelSelector{…queue: jobs,…})` becomes `queue_length(queue=jobs)`. */
export function plainSelectors(text: string): string {
  const plain = text.replaceAll(GO_SELECTOR, (_, labels: string) => {
    const pairs = labels.split(',').filter((pair) => pair !== '');
    return `(${pairs.map((pair) => pair.replace(': ', '=')).join(',')})`;
  });
  return plain.replaceAll(/(\w)\(nil\)/g, '$1').replaceAll(/\s*\n\s*/g, ' ');
}

/** Whether a condition says that something is wrong or held back (coloured in the views). */
export function isAbnormal({ type, status }: HpaCondition): boolean {
  if (type === 'AbleToScale' || type === 'ScalingActive') return status !== 'True';
  return type === 'ScalingLimited' && status === 'True';
}
