import { parseText } from './names.ts';

/** What kubectl takes for the kind: its short name, singular and plural, with or without the group. */
export const HPA_WORDS = 'hpa|horizontalpodautoscalers?(?:\\.(?:v\\d+\\.)?autoscaling)?';

/** The name of an HPA, also as `hpa/name`. Raises ML-USAGE-VALUE. */
export function parseHpaName(text: string, name: string): string {
  return parseText(text.replace(new RegExp(`^(?:${HPA_WORDS})/`, 'i'), ''), name);
}
