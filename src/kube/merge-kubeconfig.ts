import { type Document, isMap, isSeq, parse, parseDocument, type YAMLMap } from 'yaml';
import { z } from 'zod';
import { LabError } from '../errors/lab-error.ts';

const LISTS = ['clusters', 'users', 'contexts'] as const;
const Named = z.array(z.looseObject({ name: z.string() }));
const Lists = z.looseObject({ clusters: Named, users: Named, contexts: Named });
const EMPTY = 'apiVersion: v1\nkind: Config\n';

/**
 * A kubeconfig with the cluster, user and context of this name of another one put in, or replaced. Everything else
 * stays as it is written, comments and the current context too. Raises ML-KUBE-CONFIG.
 */
export function withEntries(text: string | undefined, path: string, other: string, name: string): string {
  const document = read(text ?? EMPTY, path);
  const added = Lists.parse(parse(other));
  for (const list of LISTS) {
    for (const entry of added[list].filter((each) => each.name === name)) {
      drop(document, list, name);
      if (!isSeq(document.get(list))) document.set(list, document.createNode([]));
      document.addIn([list], document.createNode(entry));
    }
  }
  return document.toString();
}

/** Without the cluster, the user and the context of this name; undefined when there is none. Raises ML-KUBE-CONFIG. */
export function withoutEntries(text: string, path: string, name: string): string | undefined {
  const document = read(text, path);
  const dropped = LISTS.map((list) => drop(document, list, name));
  return dropped.includes(true) ? document.toString() : undefined;
}

/** Whether it has a context of this name. Raises ML-KUBE-CONFIG. */
export function hasContext(text: string, path: string, name: string): boolean {
  return indexOf(read(text, path), 'contexts', name) >= 0;
}

function read(text: string, path: string): Document<YAMLMap> {
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem !== undefined)
    throw new LabError('ML-KUBE-CONFIG', { path, reason: `it is not YAML: ${problem.message}` });
  if (!isMap(document.contents)) throw new LabError('ML-KUBE-CONFIG', { path, reason: 'it is not a kubeconfig' });
  return document as unknown as Document<YAMLMap>;
}

function drop(document: Document, list: string, name: string): boolean {
  const at = indexOf(document, list, name);
  return at >= 0 && document.deleteIn([list, at]);
}

function indexOf(document: Document, list: string, name: string): number {
  const entries = document.get(list);
  return isSeq(entries) ? entries.items.findIndex((entry) => isMap(entry) && entry.get('name') === name) : -1;
}
