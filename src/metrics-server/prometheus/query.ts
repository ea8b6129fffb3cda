import { LabError } from '../../errors/lab-error.ts';
import type { Requirement, Selector } from '../../kube/label-selector.ts';
import type { Node } from './template/parse.ts';
import { runTemplate } from './template/run.ts';
import { TemplateFault } from './template/tokens.ts';

/** What a template of a query may use. */
export interface QueryData {
  readonly Series: string;
  readonly LabelMatchers: string;
  /** Values joined with `|`. */
  readonly LabelValuesByName: Readonly<Record<string, string>>;
  readonly GroupBy: string;
  readonly GroupBySlice: readonly string[];
}

/** For trying a template out. */
export const sampleOf: QueryData = {
  Series: 'series',
  LabelMatchers: 'label="value"',
  LabelValuesByName: { label: 'value' },
  GroupBy: 'label',
  GroupBySlice: ['label'],
};

/** A condition on a label. */
export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  /** More than one only with `=~` and `!~`; none with `=` means: no such label. */
  readonly values: readonly string[];
}

const LABEL_NAME = /^[A-Za-z_]\w*$/;
const OPERATORS: Readonly<Record<Requirement['operator'], Matcher['operator'] | undefined>> = {
  '=': '=',
  '==': '=',
  '!=': '!=',
  in: '=~',
  notin: '!~',
  exists: '!=',
  '!': '=',
  gt: undefined,
  lt: undefined,
};

/** A label selector as conditions on series. Raises ML-METRIC-SELECTOR for what Prometheus cannot ask. */
export function selectorMatchers(metric: string, { requirements }: Selector): readonly Matcher[] {
  return requirements.map(({ key, operator, values }) => {
    const refuse = (reason: string) => new LabError('ML-METRIC-SELECTOR', { metric, reason });
    if (!LABEL_NAME.test(key)) throw refuse(`${JSON.stringify(key)} is no name of a label in Prometheus`);
    const translated = OPERATORS[operator];
    if (translated === undefined) throw refuse('it compares by size, which Prometheus does not do with labels');
    return { label: key, operator: translated, values };
  });
}

/** The objects of these names. */
export function namesMatcher(label: string, names: readonly string[]): Matcher {
  return { label, operator: names.length === 1 ? '=' : '=~', values: names };
}

/** The expression that a rule asks for. Raises ML-METRIC-QUERY. */
export function expressionOf(
  metric: string,
  template: readonly Node[],
  series: string,
  matchers: readonly Matcher[],
  groupBy: readonly string[],
): string {
  const data: QueryData = {
    Series: series,
    LabelMatchers: matchers.map(matcherText).join(','),
    LabelValuesByName: Object.fromEntries(matchers.map(({ label, values }) => [label, values.join('|')])),
    GroupBy: groupBy.join(','),
    GroupBySlice: groupBy,
  };
  let reason = 'its metricsQuery gives an empty text';
  try {
    const text = runTemplate(template, { ...data }).trim();
    if (text !== '') return text;
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    reason = `its metricsQuery fails: ${error.message}`;
  }
  throw new LabError('ML-METRIC-QUERY', { metric, reason });
}

/** Values are meant as they are, also where they become a regular expression. */
function matcherText({ label, operator, values }: Matcher): string {
  const isPattern = operator.endsWith('~');
  const value = isPattern
    ? values.map((one) => one.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&')).join('|')
    : values.join('');
  return `${label}${operator}${JSON.stringify(value)}`;
}
