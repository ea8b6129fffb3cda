/** What a path of the write endpoint names. */
export type WriteTarget =
  | {
      readonly kind: 'custom';
      readonly namespace: string | undefined;
      readonly resource: string;
      readonly name: string;
      readonly metric: string;
    }
  | { readonly kind: 'external'; readonly namespace: string | undefined; readonly metric: string };

/**
 * The target of `/write-metrics/...`, or undefined:
 * - `namespaces/{ns}/{resource}/{name}/{metric}` and `{resource}/{name}/{metric}`: a metric of an object;
 * - `namespaces/{ns}/metrics/{metric}`: of a namespace (upstream documents this form, but reads only `namespace/{ns}/{metric}`);
 * - `external/{metric}` and `external/namespaces/{ns}/{metric}`: an external metric in every or in one namespace.
 */
export function writeTarget(path: string): WriteTarget | undefined {
  const parts = decodedParts(path);
  if (parts === undefined || parts.shift() !== '' || parts.shift() !== 'write-metrics' || parts.includes(''))
    return undefined;
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = parts;
  if (first === 'external' && parts.length === 2) return { kind: 'external', namespace: undefined, metric: second };
  if (first === 'external' && second === 'namespaces' && parts.length === 4)
    return { kind: 'external', namespace: third, metric: fourth };
  if (parts.length === 3) return custom(undefined, first, second, third);
  if (first !== 'namespaces') return undefined;
  if (parts.length === 4 && third === 'metrics') return custom(undefined, 'namespaces', second, fourth);
  return parts.length === 5 ? custom(second, third, fourth, fifth) : undefined;
}

function custom(namespace: string | undefined, resource: string, name: string, metric: string): WriteTarget {
  return { kind: 'custom', namespace, resource, name, metric };
}

function decodedParts(path: string): string[] | undefined {
  try {
    return path.split('/').map(decodeURIComponent);
  } catch {
    return undefined; // a percent sign that escapes nothing: there is no such path
  }
}
