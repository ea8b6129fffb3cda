/** Where in an object: field names and list indexes from the top. */
export type FieldPath = readonly (string | number)[];

/** As upstream writes it: `spec.metrics[0].type` (field.Path.String). */
export function pathText(path: FieldPath): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`))
    .join('');
}
