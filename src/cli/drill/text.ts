import type { Drill } from '../../drill/drill.ts';
import type { DrillResult } from '../../drill/run.ts';
import { paint } from '../text/paint.ts';

/** One drill with its teaching text; of many one line each, and what went wrong. */
export function drillText(drills: readonly Drill[], results: readonly DrillResult[]): string {
  const [drill] = drills;
  if (drills.length === 1 && drill !== undefined) return results.flatMap((result) => lesson(drill, result)).join('\n');
  const passed = results.filter((result) => result.passed).length;
  return [...results.flatMap(line), `${passed} passed, ${results.length - passed} failed`].join('\n');
}

function lesson({ title, teaches }: Drill, result: DrillResult): readonly string[] {
  return [
    `${paint('bold', result.id)}: ${title}`,
    `  see  ${teaches.see}`,
    `  why  ${teaches.why}`,
    `  do   ${teaches.act}`,
    '',
    'explain says:',
    ...(result.findings.length === 0 ? ['  nothing wrong'] : []),
    ...result.findings.flatMap(({ id, title: text, fix }) => [
      `  ${text} [${id}]`,
      ...(fix === null ? [] : [`      do: ${fix}`]),
    ]),
    ...line(result),
  ];
}

function line({ id, passed, cured, problems }: DrillResult): readonly string[] {
  const tried = cured === true ? ' (and cured)' : '';
  return [
    `${passed ? paint('green', '✓') : paint('red', '✗')} ${id}${tried}`,
    ...problems.map((problem) => `    ${problem}`),
  ];
}
