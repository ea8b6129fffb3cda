import { stringify as yamlText } from 'yaml';
import type { KubeObject } from '../../contracts/kube-client.ts';
import { invalid, errorText, plain } from '../../hpa/api/field-error.ts';
import type { Kind, KindVersion } from '../kinds/kind.ts';
import { groupVersion } from '../kinds/registry.ts';
import { QUIRKS } from '../kubernetes-version.ts';
import type { Exchange } from '../server/exchange.ts';
import { notAcceptable, type Representation } from '../server/negotiate.ts';
import type { Entry } from '../store/store.ts';
import { ApiFailure, badRequest } from './failure.ts';
import { columnDefinitions, tableRow, type IncludeObject } from './table.ts';

export interface Shown {
  readonly kind: Kind;
  readonly version: KindVersion;
  /** Epoch ms, for the ages in Tables. */
  readonly now: () => number;
}

/** An object as this version shows it. */
export function inVersion({ version }: Shown, object: KubeObject): KubeObject {
  return version.fromStored?.(object) ?? object;
}

/** The same as JSON text; what is stored needs no second writing. */
export function jsonInVersion(shown: Shown, entry: Entry): string {
  return shown.version.fromStored === undefined ? entry.json : JSON.stringify(inVersion(shown, entry.object));
}

/** A member of a list: those of built-in kinds do not repeat kind and apiVersion. */
export function itemJson(shown: Shown, entry: Entry): string {
  const json = jsonInVersion(shown, entry);
  if (shown.kind.custom === true) return json;
  const apiVersion = groupVersion(shown.kind.group, shown.version.version);
  const head = `{"kind":${JSON.stringify(shown.kind.kind)},"apiVersion":${JSON.stringify(apiVersion)},`;
  return json.startsWith(head) ? `{${json.slice(head.length)}` : json;
}

/** PartialObjectMetadata. */
export function partial({ metadata }: KubeObject, metaVersion: string): KubeObject {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${metaVersion}`, metadata };
}

/** Answers with one object in the representation that was asked for. Raises ApiFailure 400, 406. */
export function sendObject(
  exchange: Exchange,
  shown: Shown,
  object: KubeObject,
  how: Representation,
  status = 200,
): void {
  const { resourceVersion } = object.metadata;
  if (how.as === 'PartialObjectMetadataList') {
    const hub = shown.kind.group === '' ? 'core' : (shown.kind.group.split('.')[0] ?? '');
    const what = `the requested object is not a list (*${hub}.${shown.kind.kind})`;
    throw new ApiFailure(406, 'NotAcceptable', `you requested PartialObjectMetadataList, but ${what}`);
  }
  if (how.as === 'PartialObjectMetadata') return sendValue(exchange, status, partial(object, how.metaVersion), how);
  if (how.as === 'Table') {
    const include = includeOf(exchange.query);
    return sendValue(exchange, status, tableOf(shown, [object], { resourceVersion }, how, include), how);
  }
  sendValue(exchange, status, inVersion(shown, object), how);
}

/** Any value in the format that was asked for. */
export function sendValue(exchange: Exchange, status: number, value: unknown, { format }: Representation): void {
  if (format === 'yaml') exchange.send(status, 'application/yaml', toYaml(value));
  else if (exchange.query.has('pretty') && exchange.query.get('pretty') !== 'false')
    exchange.send(status, 'application/json', `${JSON.stringify(value, undefined, 2)}\n`);
  else exchange.json(status, value);
}

/** sigs.k8s.io/yaml: keys sorted, as Go's maps are. */
export function toYaml(value: unknown): string {
  // YAML 1.1 on the other side: words that it takes for booleans must be quoted.
  const text = yamlText(value, {
    version: '1.1',
    sortMapEntries: true,
    lineWidth: 0,
    indentSeq: false,
    nullStr: 'null',
  });
  // The library takes a lone dot for a number; managedFields are full of them, and Go writes them plain.
  return text.replaceAll(/^( *)"\.": \{\}$/gm, '$1.: {}');
}

export function includeOf(query: URLSearchParams): IncludeObject {
  const value = query.get('includeObject') ?? '';
  if (value === '' || value === 'Metadata') return 'Metadata';
  if (value === 'Object' || value === 'None') return value;
  const why = errorText(
    invalid(['includeObject'], plain(value), "must be 'Metadata', 'Object', 'None', or empty"),
    QUIRKS,
  );
  throw badRequest(`Unable to convert to Table as requested: ${why}`);
}

export interface ListMeta {
  readonly resourceVersion?: string | undefined;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** Objects, as stored, as a Table. `withColumns`: a watch names the columns only in its first Table. */
export function tableOf(
  shown: Shown,
  objects: readonly KubeObject[],
  metadata: ListMeta,
  { metaVersion }: Representation,
  include: IncludeObject,
  withColumns = true,
): Readonly<Record<string, unknown>> {
  const rows = objects.map((object) => {
    const whole =
      include === 'None' ? null : include === 'Object' ? inVersion(shown, object) : partial(object, metaVersion);
    return tableRow(shown.kind, object, whole, shown.now());
  });
  const columnList = withColumns ? columnDefinitions(shown.kind) : [];
  return { kind: 'Table', apiVersion: `meta.k8s.io/${metaVersion}`, metadata, columnDefinitions: columnList, rows };
}

/** Answers with a list. `entries` in the order of their keys. */
export function sendList(
  exchange: Exchange,
  shown: Shown,
  entries: readonly Entry[],
  metadata: ListMeta,
  how: Representation,
): void {
  const objects = () => entries.map(({ object }) => object);
  if (how.as === 'PartialObjectMetadata') throw notAcceptable();
  if (how.as === 'Table') {
    const include = includeOf(exchange.query);
    return sendValue(exchange, 200, tableOf(shown, objects(), metadata, how, include), how);
  }
  if (how.as === 'PartialObjectMetadataList') {
    const items = objects().map((object) => partial(object, how.metaVersion));
    const apiVersion = `meta.k8s.io/${how.metaVersion}`;
    return sendValue(exchange, 200, { kind: 'PartialObjectMetadataList', apiVersion, metadata, items }, how);
  }
  const { kind, version } = shown;
  const apiVersion = groupVersion(kind.group, version.version);
  const head = { kind: `${kind.kind}List`, apiVersion, metadata };
  const text = `${JSON.stringify(head).slice(0, -1)},"items":[${entries.map((entry) => itemJson(shown, entry)).join(',')}]}\n`;
  if (how.format === 'json' && !exchange.query.has('pretty')) return exchange.send(200, 'application/json', text);
  sendValue(exchange, 200, JSON.parse(text), how);
}
