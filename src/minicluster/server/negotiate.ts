import { ApiFailure } from '../api/failure.ts';

/** How an answer is to look. `as` is a representation of meta.k8s.io in one of its versions. */
export interface Representation {
  readonly format: 'json' | 'yaml';
  readonly as: 'object' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';
  /** `v1` or `v1beta1`, for `as`. */
  readonly metaVersion: string;
}

interface Clause {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

const JSON_TYPE = 'application/json';
const YAML_TYPE = 'application/yaml';
const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const PRODUCED = [JSON_TYPE, YAML_TYPE, PROTOBUF];
const AS = ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'] as const;
export const MEDIA_TYPES: string = PRODUCED.join(', ');

/**
 * Chooses by the Accept header (endpoints/handlers/negotiation/negotiate.go). Protobuf is never chosen: a client that takes
 * JSON too gets JSON. Raises ApiFailure 406.
 */
export function negotiate(accept: string | undefined): Representation {
  const plain: Representation = { format: 'json', as: 'object', metaVersion: 'v1' };
  if (accept === undefined || accept.trim() === '') return plain;
  const clauses = parse(accept);
  if (!clauses.some(({ type }) => type === '*/*' || type === 'application/*' || PRODUCED.includes(type))) {
    const message = `406: Not Acceptable\n\nAvailable representations: ${MEDIA_TYPES}`;
    throw new ApiFailure(406, 'NotAcceptable', message, {});
  }
  for (const { type, parameters } of clauses) {
    const format = formatOf(type);
    if (format === undefined) continue;
    const wanted = parameters.get('as');
    if (wanted === undefined) return { ...plain, format };
    const as = AS.find((each) => each === wanted);
    const metaVersion = parameters.get('v') ?? '';
    const known = metaVersion === 'v1' || metaVersion === 'v1beta1';
    if (as !== undefined && known && parameters.get('g') === 'meta.k8s.io') return { format, as, metaVersion };
  }
  throw notAcceptable();
}

export function notAcceptable(): ApiFailure {
  return new ApiFailure(406, 'NotAcceptable', `only the following media types are accepted: ${MEDIA_TYPES}`);
}

function formatOf(type: string): Representation['format'] | undefined {
  if (type === JSON_TYPE || type === '*/*' || type === 'application/*') return 'json';
  return type === YAML_TYPE ? 'yaml' : undefined;
}

function parse(accept: string): readonly Clause[] {
  const clauses = accept.split(',').map((clause): Clause => {
    const [type = '', ...rest] = clause.split(';').map((part) => part.trim());
    const parameters = new Map(rest.map((pair) => splitPair(pair)));
    const quality = Number(parameters.get('q') ?? 1);
    return { type: type.toLowerCase(), parameters, quality: Number.isNaN(quality) ? 1 : quality };
  });
  return clauses.sort((a, b) => b.quality - a.quality);
}

function splitPair(pair: string): readonly [string, string] {
  const cut = pair.indexOf('=');
  return cut < 0 ? [pair, ''] : [pair.slice(0, cut), pair.slice(cut + 1).replaceAll('"', '')];
}
