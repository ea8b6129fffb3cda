import type { Operator, Selector } from '../../kube/label-selector.ts';

interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** `!=`, `>` and `<` have no form in a LabelSelector: upstream answers 500, here they are told as well as it goes. */
const OPERATORS: Readonly<Record<Exclude<Operator, '=' | '=='>, string>> = {
  in: 'In',
  notin: 'NotIn',
  '!=': 'NotIn',
  exists: 'Exists',
  '!': 'DoesNotExist',
  gt: 'Gt',
  lt: 'Lt',
};

/** A selector as the LabelSelector object of an answer (metav1.ParseToLabelSelector); undefined when it selects everything. */
export function labelSelectorOf(selector: Selector): LabelSelector | undefined {
  if (selector.requirements.length === 0) return undefined;
  const matchLabels: Record<string, string> = {};
  const matchExpressions: { key: string; operator: string; values?: readonly string[] }[] = [];
  for (const { key, operator, values } of selector.requirements) {
    if (operator === '=' || operator === '==') matchLabels[key] = values[0] ?? '';
    else matchExpressions.push({ key, operator: OPERATORS[operator], ...(values.length === 0 ? {} : { values }) });
  }
  return {
    ...(Object.keys(matchLabels).length === 0 ? {} : { matchLabels }),
    ...(matchExpressions.length === 0 ? {} : { matchExpressions }),
  };
}
