import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import { LabError } from '../../errors/lab-error.ts';
import { type Decoded, decodeV1, decodeV2 } from '../../hpa/api/codec.ts';
import { v1ToV2 } from '../../hpa/api/convert-v1.ts';
import { errorText } from '../../hpa/api/field-error.ts';
import { type ApiRules, apiRules } from '../../hpa/api/gates.ts';
import { prepareForCreate } from '../../hpa/api/prepare.ts';
import type { HpaV2 } from '../../hpa/api/types.ts';
import { validateHpa } from '../../hpa/api/validate.ts';
import { type Places, placesIn } from './yaml-places.ts';

const KIND = 'HorizontalPodAutoscaler';
const MOST_CHARACTERS = 1_000_000;

/** An HPA of a file: defaulted and valid. */
export interface HpaFile {
  readonly file: string;
  readonly hpa: HpaV2;
  /** What the user should know: the file was of an older version and was converted. */
  readonly notes: readonly string[];
}

interface Candidate {
  readonly json: Readonly<Record<string, unknown>>;
  readonly places: Places;
}

/**
 * Reads the one HPA of a YAML or JSON text (several documents and Lists are looked through), converts older versions and checks it as
 * the API server of that Kubernetes version would. Raises ML-SIM-HPA with all problems at once, each with file:line:col.
 */
export function parseHpaFile(text: string, file: string, minor: number): HpaFile {
  const fail = (problems: readonly string[]): never => {
    throw new LabError('ML-SIM-HPA', { file, problems: problems.join('\n') });
  };
  if (text.length > MOST_CHARACTERS) return fail([`${file}: larger than ${MOST_CHARACTERS} characters`]);
  const { candidates, others, problems } = findHpas(text, file);
  if (problems.length > 0) return fail(problems);
  const [found, second] = candidates;
  if (found === undefined) return fail(others.length > 0 ? others : [`${file}:1:1 the file is empty`]);
  if (second !== undefined)
    return fail(
      candidates.map(
        ({ json, places }) => `${places.of(['kind'])} ${nameOf(json)}: one HPA at a time; keep one in the file`,
      ),
    );
  return readHpa(found, file, minor, fail);
}

function readHpa(
  { json, places }: Candidate,
  file: string,
  minor: number,
  fail: (problems: readonly string[]) => never,
): HpaFile {
  // An HPA with minReplicas 0 is only accepted, and only scaled, where the gate is on.
  const rules = apiRules({ minor, gates: { HPAScaleToZero: true } });
  const version = json['apiVersion'];
  const decoded = decode(json, version, rules);
  if (decoded === undefined)
    return fail([
      `${places.of(['apiVersion'])} apiVersion ${JSON.stringify(version ?? null)} is not one of autoscaling/v2, autoscaling/v1, autoscaling/v2beta2`,
    ]);
  if (decoded.problems.length > 0)
    return fail(decoded.problems.map(({ path, message }) => `${places.of(path)} ${message}`));
  const { metadata } = decoded.value;
  const hpa = prepareForCreate(
    { ...decoded.value, metadata: { ...metadata, namespace: metadata.namespace ?? 'default' } },
    rules,
  );
  const errors = validateHpa(hpa, rules).map((error) => ({
    offset: places.offsetOf(error.path),
    text: `${places.of(error.path)} ${errorText(error, rules.quirks)}`,
  }));
  if (errors.length > 0) return fail(errors.sort((a, b) => a.offset - b.offset).map((error) => error.text));
  const notes =
    version === 'autoscaling/v2' ? [] : [`${file} is ${String(version)}; it was converted to autoscaling/v2`];
  return { file, hpa, notes };
}

function decode(json: Candidate['json'], version: unknown, rules: ApiRules): Decoded<HpaV2> | undefined {
  switch (version) {
    case 'autoscaling/v2':
      return decodeV2(json, rules.quirks);
    case 'autoscaling/v2beta2': // the same fields
      return decodeV2({ ...json, apiVersion: 'autoscaling/v2' }, rules.quirks);
    case 'autoscaling/v1': {
      const { value, problems } = decodeV1(json, rules.quirks);
      return problems.length > 0
        ? { value: decodeV2({}, rules.quirks).value, problems }
        : { value: v1ToV2(value, rules.quirks), problems };
    }
    default:
      return undefined;
  }
}

function findHpas(text: string, file: string) {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines });
  const documents: readonly Document[] = Array.isArray(parsed) ? parsed : [];
  const candidates: Candidate[] = [];
  const others: string[] = [];
  const problems: string[] = [];
  for (const document of documents) {
    const whole = placesIn(document, lines, file);
    const faults = [...document.errors, ...document.warnings];
    if (faults.length > 0) {
      problems.push(...faults.map(({ pos, message }) => `${whole.at(pos[0])} ${yamlMessage(message)}`));
      continue;
    }
    const json = plain(document);
    if (json === undefined) problems.push(`${whole.at(0)} too many aliases, or nested too deeply`);
    else for (const { value, base } of objectsIn(json.value)) sort(value, placesIn(document, lines, file, base));
  }
  return { candidates, others, problems };

  function sort(value: unknown, places: Places): void {
    if (value === null) return;
    const kind = isRecord(value) ? value['kind'] : undefined;
    if (isRecord(value) && kind === KIND) candidates.push({ json: value, places });
    else
      others.push(
        `${places.of(['kind'])} ${kind === undefined ? 'an object without kind' : `kind is ${JSON.stringify(kind)}`}, not ${KIND}`,
      );
  }
}

/** The object itself, or the items of a List. */
function objectsIn(json: unknown): readonly { readonly value: unknown; readonly base: readonly (string | number)[] }[] {
  const items = isRecord(json) && json['kind'] === 'List' ? json['items'] : undefined;
  if (!Array.isArray(items)) return [{ value: json, base: [] }];
  return items.map((value: unknown, index) => ({ value, base: ['items', index] }));
}

/** The plain values, aliases resolved; undefined when a few lines stand for a billion values or are nested without end. */
function plain(document: Document): { readonly value: unknown } | undefined {
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) };
  } catch (error) {
    if (error instanceof ReferenceError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Without the place, which the library adds in its own notation, and without the excerpt. */
function yamlMessage(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
}

function nameOf(json: Candidate['json']): string {
  const metadata = json['metadata'];
  const name = isRecord(metadata) ? metadata['name'] : undefined;
  return typeof name === 'string' ? `HPA ${name}` : 'an HPA without a name';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
