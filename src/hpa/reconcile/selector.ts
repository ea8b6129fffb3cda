import { sprintfWithoutArguments } from '../go-format.ts';
import { parseSelector } from '../labels/parse.ts';
import { type Selector, selectorMatches } from '../labels/requirement.ts';
import type { PodObject } from '../pods/from-object.ts';
import type { Cycle } from './cycle.ts';
import type { RegisteredHpa } from './types.ts';

/** The selector and its pods, or the error that ends the cycle. */
export type SelectorResult =
  | { readonly selector: Selector; readonly pods: readonly PodObject[] }
  | { readonly error: string };

function selectedPods(cycle: Cycle, selector: Selector): readonly PodObject[] {
  return cycle.input.pods.filter(
    ({ metadata }) =>
      (metadata.namespace ?? cycle.namespace) === cycle.namespace && selectorMatches(selector, metadata.labels ?? {}),
  );
}

/** Upstream: horizontal.go hpasControllingPodsUnderSelector; hpa_selector_store.go HPAsMatchingPods. Sorted by name. */
function controllingHpas(cycle: Cycle, pods: readonly PodObject[]): readonly string[] {
  const { input, namespace, name, rules } = cycle;
  const matches = (hpa: RegisteredHpa): boolean => {
    if (hpa.namespace !== namespace || hpa.selector === null) return false;
    const parsed = parseSelector(hpa.selector, rules);
    return 'ok' in parsed && pods.some((pod) => selectorMatches(parsed.ok, pod.metadata.labels ?? {}));
  };
  const own = cycle.memory.selector;
  const known = input.otherHpas.filter((hpa) => hpa.namespace !== namespace || hpa.name !== name);
  const all = own === undefined ? known : [...known, { namespace, name, selector: own }];
  return all
    .filter(matches)
    .map((hpa) => `${hpa.namespace}/${hpa.name}`)
    .toSorted();
}

function ambiguityText(selector: string, hpas: readonly string[], cycle: Cycle): string {
  // Upstream's order is random; so is the choice of two with the store of 1.37.
  const shown = (cycle.rules.optimizedSelectorStore ? hpas.slice(0, 2) : hpas).join(' ');
  return cycle.rules.ambiguousListsAll
    ? `pods by selector ${selector} are controlled by multiple HPAs: [${shown}]`
    : `pods by selector ${selector} are controlled by more than one HPA (e.g. [${shown}])`;
}

/**
 * Checks the scale's selector, remembers it, and refuses pods that several HPAs select. Up to 1.31 the texts go through printf
 * once more. Upstream: horizontal.go validateAndParseSelector.
 */
export function validateAndParseSelector(cycle: Cycle, text: string): SelectorResult {
  const { rules } = cycle;
  const asFormat = (message: string): string => (rules.errorTextAsFormat ? sprintfWithoutArguments(message) : message);
  if (text === '') {
    cycle.warn('SelectorRequired', 'selector is required');
    cycle.conditions.set('ScalingActive', 'False', 'InvalidSelector', "the HPA target's scale is missing a selector");
    return { error: 'selector is required' };
  }
  const parsed = parseSelector(text, rules);
  if ('error' in parsed) {
    const message = `couldn't convert selector into a corresponding internal selector object: ${parsed.error}`;
    cycle.warn('InvalidSelector', message);
    cycle.conditions.set('ScalingActive', 'False', 'InvalidSelector', asFormat(message));
    return { error: asFormat(message) };
  }
  if (cycle.memory.selector !== undefined) cycle.memory.selector = text;
  else if (rules.unregisteredHpaFails) {
    return { error: `HPA ${cycle.namespace}/${cycle.name} was deleted during reconciliation` };
  }
  const pods = selectedPods(cycle, parsed.ok);
  const hpas = controllingHpas(cycle, pods);
  if (hpas.length > 1) {
    const message = ambiguityText(text, hpas, cycle);
    cycle.warn('AmbiguousSelector', message);
    cycle.conditions.set('ScalingActive', 'False', 'AmbiguousSelector', asFormat(message));
    return { error: asFormat(message) };
  }
  return { selector: parsed.ok, pods };
}
