import { z } from 'zod';
import { type FieldError, invalid, notSupported, plain } from '../../hpa/api/field-error.ts';
import { decode, DecodeError } from '../schema/decode.ts';
import { JsonSyntaxError, parseJson } from '../schema/json.ts';
import { bool, int64, list, struct, text } from '../schema/type.ts';
import { badRequest, invalid as invalidObject } from './failure.ts';
import { noKind, yamlToJson } from './body.ts';
import { dryRunErrors, integerOf, isTrue } from './query.ts';
import type { DeleteOptions } from './deletion.ts';
import { protobufJson } from '../protobuf/decode.ts';

const TYPE = struct('v1.DeleteOptions', {
  apiVersion: text,
  kind: text,
  gracePeriodSeconds: int64,
  preconditions: struct('v1.Preconditions', { uid: text, resourceVersion: text }),
  orphanDependents: bool,
  propagationPolicy: text,
  dryRun: list(text),
  ignoreStoreReadErrorWithClusterBreakingPotential: bool,
});
const Shape = z.object({
  gracePeriodSeconds: z.number().optional(),
  preconditions: z.object({ uid: z.string().optional(), resourceVersion: z.string().optional() }).optional(),
  orphanDependents: z.boolean().optional(),
  propagationPolicy: z.string().optional(),
  dryRun: z.array(z.string()).optional(),
});
type Shape = z.infer<typeof Shape>;
const POLICIES = ['Foreground', 'Background', 'Orphan'];

export interface Deletion {
  readonly options: DeleteOptions;
  readonly dryRun: boolean;
}

/** Options of a deletion: in the body if there is one, else in the query. Raises ApiFailure 400, 422. */
export function deleteOptions(bytes: Buffer, mediaType: string | undefined, query: URLSearchParams): Deletion {
  const shape = bytes.length > 0 ? ofBody(bytes, mediaType) : ofQuery(query);
  const errors = faults(shape);
  if (errors.length > 0) throw invalidObject({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors);
  const { gracePeriodSeconds, preconditions, orphanDependents } = shape;
  const policy =
    shape.propagationPolicy ??
    (orphanDependents === undefined ? undefined : orphanDependents ? 'Orphan' : 'Background');
  const options = {
    ...(gracePeriodSeconds === undefined
      ? {}
      : { gracePeriodSeconds: gracePeriodSeconds < 0 ? 1 : gracePeriodSeconds }),
    ...(policy === undefined ? {} : { propagationPolicy: policy }),
    ...(preconditions === undefined ? {} : { preconditions }),
  };
  return { options: options as DeleteOptions, dryRun: (shape.dryRun ?? []).length > 0 };
}

function ofBody(bytes: Buffer, mediaType: string | undefined): Shape {
  const type = (mediaType ?? '').split(';')[0]?.trim().toLowerCase();
  try {
    const value =
      type === 'application/vnd.kubernetes.protobuf'
        ? protobufJson(bytes, TYPE)
        : parseJson(type === 'application/yaml' ? yamlToJson(bytes.toString()) : bytes.toString()).value;
    const { kind = 'DeleteOptions', apiVersion = 'v1' } = (value ?? {}) as Readonly<Record<string, unknown>>;
    if (kind !== '' && kind !== 'DeleteOptions') throw badRequest(noKind(String(apiVersion), String(kind)));
    return Shape.parse(decode(TYPE, value).value ?? {});
  } catch (error) {
    if (error instanceof JsonSyntaxError) {
      throw badRequest(`couldn't get version/kind; json parse error: ${error.message}`);
    }
    if (error instanceof DecodeError) throw badRequest(error.message);
    throw error;
  }
}

function ofQuery(query: URLSearchParams): Shape {
  const gracePeriodSeconds = integerOf(query, 'gracePeriodSeconds');
  const policy = query.get('propagationPolicy');
  return {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(policy === null || policy === '' ? {} : { propagationPolicy: policy }),
    ...(query.has('orphanDependents') ? { orphanDependents: isTrue(query.get('orphanDependents')) } : {}),
    dryRun: query.getAll('dryRun').filter((value) => value !== ''),
  };
}

/** meta/v1/validation ValidateDeleteOptions. */
function faults({ propagationPolicy, orphanDependents, dryRun }: Shape): readonly FieldError[] {
  const path = ['propagationPolicy'];
  const both =
    propagationPolicy !== undefined && orphanDependents !== undefined
      ? [invalid(path, plain(propagationPolicy), 'orphanDependents and deletionPropagation cannot be both set')]
      : [];
  const unknown =
    propagationPolicy !== undefined && !POLICIES.includes(propagationPolicy)
      ? [notSupported(path, propagationPolicy, [...POLICIES, 'nil'])]
      : [];
  return [...both, ...unknown, ...dryRunErrors(dryRun ?? [])];
}
