import { type Document, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { LabError } from '../../errors/lab-error.ts';
import { type Scenario, scenarioOf } from '../../scenario/scenario.ts';
import { ScenarioSchema } from '../../scenario/schema.ts';
import { type Places, placesIn, yamlFaults } from '../simulate/yaml-places.ts';

const MOST_CHARACTERS = 256 * 1024;

/** The scenario of a YAML text. Raises ML-SCENARIO-INVALID with all problems at once, each with file:line:col. */
export function parseScenario(text: string, file: string): Scenario {
  if (text.length > MOST_CHARACTERS) throw invalid(file, [`${file}: larger than ${MOST_CHARACTERS} characters`]);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const places = placesIn(document, lines, file);
  const faults = yamlFaults(document, places);
  if (faults.length > 0) throw invalid(file, faults);
  const parsed = ScenarioSchema.safeParse(plain(document, file));
  if (!parsed.success) throw invalid(file, inOrder(parsed.error.issues.flatMap(issuesOf), places));
  const scenario = scenarioOf(parsed.data);
  if ('problems' in scenario) throw invalid(file, inOrder(scenario.problems, places));
  return scenario;
}

/** The plain values, aliases resolved. */
function plain(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    if (!(error instanceof ReferenceError) && !(error instanceof RangeError)) throw error;
    throw invalid(file, [`${file}:1:1 too many aliases, or nested too deeply`]);
  }
}

interface Problem {
  readonly path: readonly (string | number)[];
  readonly text: string;
}

function issuesOf(issue: z.core.$ZodIssue): readonly Problem[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], text: `unknown key ${JSON.stringify(key)}` }));
  const where = path.length === 0 ? '' : `${path.join('.')}: `;
  return [{ path, text: `${where}expected ${issue.message}` }];
}

function inOrder(problems: readonly Problem[], places: Places): readonly string[] {
  return [...problems]
    .sort((a, b) => places.offsetOf(a.path) - places.offsetOf(b.path))
    .map(({ path, text }) => `${places.of(path)} ${text}`);
}

function invalid(file: string, problems: readonly string[]): LabError {
  return new LabError('ML-SCENARIO-INVALID', { file, problems: problems.join('\n') });
}
