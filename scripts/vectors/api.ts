import { decodeV1, decodeV2, encodeSpecV2, encodeV1, encodeV2 } from '../../src/hpa/api/codec.ts';
import { defaultV1, v1ToV2, v2ToV1 } from '../../src/hpa/api/convert-v1.ts';
import { defaultHpa } from '../../src/hpa/api/defaults.ts';
import { errorText } from '../../src/hpa/api/field-error.ts';
import { type ApiRules, apiRules } from '../../src/hpa/api/gates.ts';
import { prepareForCreate } from '../../src/hpa/api/prepare.ts';
import type { HpaV1, HpaV2 } from '../../src/hpa/api/types.ts';
import { validateHpa } from '../../src/hpa/api/validate.ts';
import { type Gates } from '../../src/hpa/rules.ts';
import { differences } from './compare.ts';
import type { VectorKind, VectorLine } from './kind.ts';

type Json = Readonly<Record<string, unknown>>;

function decoded<T>(from: {
  readonly value: T;
  readonly problems: readonly { readonly kind: string; readonly message: string }[];
}): T {
  const wrong = from.problems.find(({ kind }) => kind === 'type');
  if (wrong !== undefined) throw new Error(`cannot decode: ${wrong.message}`);
  return from.value;
}

const errorsOf = (hpa: HpaV2, rules: ApiRules): string[] =>
  validateHpa(hpa, rules).map((error) => errorText(error, rules.quirks));

/** A v1 object as it comes back: decoded and defaulted as the API server does. */
const readV1 = (hpa: HpaV1, rules: ApiRules): HpaV2 =>
  v1ToV2(
    defaultV1(decoded(decodeV1(JSON.parse(JSON.stringify(encodeV1(hpa, rules.quirks))), rules.quirks))),
    rules.quirks,
  );

function create(line: VectorLine, rules: ApiRules): Json {
  const submitted = decoded(decodeV2(line['in'], rules.quirks));
  const hpa = prepareForCreate(submitted, rules);
  const errors = errorsOf(hpa, rules);
  // Recorded before the strategy drops what gates switch off.
  const answer = { defaultedSpec: encodeSpecV2(defaultHpa(submitted).spec, rules.quirks), errors };
  if (errors.length > 0) return answer;
  const v1 = v2ToV1(hpa, rules.quirks);
  const { spec } = encodeV1(v1, rules.quirks);
  const back = readV1(v1, rules);
  return {
    ...answer,
    v1: { annotations: v1.metadata.annotations ?? null, spec },
    specAfterV1RoundTrip: encodeSpecV2(back.spec, rules.quirks),
  };
}

function toV1(line: VectorLine, rules: ApiRules): Json {
  const v1 = v2ToV1(decoded(decodeV2(line['in'], rules.quirks)), rules.quirks);
  return { v1: encodeV1(v1, rules.quirks), v2AfterV1RoundTrip: encodeV2(readV1(v1, rules), rules.quirks) };
}

function toV2(line: VectorLine, rules: ApiRules): Json {
  const hpa = v1ToV2(defaultV1(decoded(decodeV1(line['in'], rules.quirks))), rules.quirks);
  const { kind: _, apiVersion: __, ...v2 } = encodeV2(hpa, rules.quirks);
  return { v2, errors: errorsOf(hpa, rules) };
}

const REPLAYS: Readonly<Record<string, (line: VectorLine, rules: ApiRules) => Json>> = {
  create,
  'v2-to-v1': toV1,
  'v1-to-v2': toV2,
};

const ASKED = ['defaultedSpec', 'errors', 'v1', 'specAfterV1RoundTrip', 'v2AfterV1RoundTrip', 'v2'];

function replay(line: VectorLine, minor: number): readonly string[] {
  const kind = String(line['kind']);
  const run = REPLAYS[kind];
  if (run === undefined) return [`no replay for the api kind ${kind}`];
  const gates = (line['gates'] ?? {}) as Gates;
  const answer = run(line, apiRules({ minor, gates }));
  return ASKED.flatMap((field) => differences(line[field], answer[field], field));
}

export const api: VectorKind = {
  name: 'api',
  matches: (line) => typeof line['kind'] === 'string' && 'in' in line,
  replay,
};
