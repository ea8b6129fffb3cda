import type { Labels } from '../../kube/label-selector.ts';
import { invalidText, labelKeyProblems, labelValueProblems } from '../../kube/label-validation.ts';

/** `a=b,c=d` as labels, or upstream's error text (apimachinery pkg/labels/labels.go ConvertSelectorToLabelsMap). */
export function labelsOf(text: string): Labels | string {
  const labels: Record<string, string> = Object.create(null) as Record<string, string>;
  if (text === '') return labels;
  for (const pair of text.split(',')) {
    const parts = pair.split('=');
    const [key = '', value = ''] = parts.map((part) => part.trim());
    if (parts.length !== 2) return `invalid selector: [${parts.join(' ')}]`;
    const wrong =
      invalidText('<nil>', key, labelKeyProblems(key)) ?? invalidText(`[${key}]`, value, labelValueProblems(value));
    if (wrong !== undefined) return wrong;
    labels[key] = value;
  }
  return labels;
}
