import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import { LabError } from '../../errors/lab-error.ts';
import { errorText } from '../../hpa/api/field-error.ts';
import { apiRules } from '../../hpa/api/gates.ts';
import { prepareForCreate } from '../../hpa/api/prepare.ts';
import { READABLE_VERSIONS, readHpa } from '../../hpa/api/read-manifest.ts';
import type { HpaV2 } from '../../hpa/api/types.ts';
import { validateHpa } from '../../hpa/api/validate.ts';
import { type Places, placesIn, yamlFaults } from './yaml-places.ts';

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

/** The one HPA of a text, see `parseHpaFiles`. Raises ML-SIM-HPA. */
export function parseHpaFile(text: string, file: string, minor: number): HpaFile {
  const [found, ...more] = parseHpaFiles(text, file, minor);
  if (found !== undefined && more.length === 0) return found;
  const names = [found, ...more].map((hpa) => hpa?.hpa.metadata.name ?? '').join(', ');
  return fail(file, [`${file} holds ${more.length + 1} HPAs (${names}); one is wanted here: keep one in the file`]);
}

/**
 * Reads the HPAs of a YAML or JSON text (several documents and Lists are looked through), converts older versions and checks them as
 * the API server of that Kubernetes version would. At least one. Raises ML-SIM-HPA with all problems at once, each with file:line:col.
 */
export function parseHpaFiles(text: string, file: string, minor: number): readonly HpaFile[] {
  if (text.length > MOST_CHARACTERS) return fail(file, [`${file}: larger than ${MOST_CHARACTERS} characters`]);
  const { candidates, others, problems } = findHpas(text, file);
  if (problems.length > 0) return fail(file, problems);
  if (candidates.length === 0) return fail(file, others.length > 0 ? others : [`${file}:1:1 the file is empty`]);
  const read = candidates.map((candidate) => checkedHpa(candidate, file, minor));
  const wrong = read.flatMap((result) => ('problems' in result ? result.problems : []));
  if (wrong.length > 0) return fail(file, wrong);
  return read.flatMap((result) => ('hpa' in result ? [result] : []));
}

function fail(file: string, problems: readonly string[]): never {
  throw new LabError('ML-SIM-HPA', { file, problems: problems.join('\n') });
}

function checkedHpa(
  { json, places }: Candidate,
  file: string,
  minor: number,
): HpaFile | { readonly problems: readonly string[] } {
  // An HPA with minReplicas 0 is only accepted, and only scaled, where the gate is on.
  const rules = apiRules({ minor, gates: { HPAScaleToZero: true } });
  const read = readHpa(json, rules.quirks);
  if ('reason' in read) {
    const known = READABLE_VERSIONS.map((version) => `autoscaling/${version}`).join(', ');
    const given = JSON.stringify(json['apiVersion'] ?? null);
    return { problems: [`${places.of(['apiVersion'])} apiVersion ${given} is not one of ${known}`] };
  }
  if (read.problems.length > 0)
    return { problems: read.problems.map(({ path, message }) => `${places.of(path)} ${message}`) };
  const { metadata } = read.hpa;
  const hpa = prepareForCreate(
    { ...read.hpa, metadata: { ...metadata, namespace: metadata.namespace ?? 'default' } },
    rules,
  );
  const errors = validateHpa(hpa, rules).map((error) => ({
    offset: places.offsetOf(error.path),
    text: `${places.of(error.path)} ${errorText(error, rules.quirks)}`,
  }));
  if (errors.length > 0) return { problems: errors.sort((a, b) => a.offset - b.offset).map((error) => error.text) };
  const notes =
    read.version === 'v2' ? [] : [`${file} is autoscaling/${read.version}; it was converted to autoscaling/v2`];
  return { file, hpa, notes };
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
    const faults = yamlFaults(document, whole);
    if (faults.length > 0) {
      problems.push(...faults);
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

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
