import type { ExplainedHpa } from '../../explain/explanation.ts';
import { escapeControls } from '../text/paint.ts';

/** Findings as JUnit XML: one suite per namespace, one case per HPA, which fails with what is a warning or an error. */
export function junitXml(hpas: readonly ExplainedHpa[]): string {
  const suites = [...Map.groupBy(hpas, ({ namespace }) => namespace)].map(([namespace, own]) => {
    const failures = own.filter((hpa) => wrongOf(hpa).length > 0).length;
    const head = `<testsuite name="${xml(namespace)}" tests="${own.length}" failures="${failures}">`;
    return [`  ${head}`, ...own.map(caseXml), '  </testsuite>'].join('\n');
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="metrics-lab explain">',
    ...suites,
    '</testsuites>',
  ].join('\n');
}

const wrongOf = ({ findings }: ExplainedHpa) => findings.filter(({ severity }) => severity !== 'info');

function caseXml(hpa: ExplainedHpa): string {
  const head = `<testcase classname="${xml(hpa.namespace)}" name="${xml(hpa.name)}"`;
  const failures = wrongOf(hpa).map(({ id, severity, title, evidence, fix }) => {
    const text = [...evidence, ...(fix === null ? [] : [`do: ${fix}`])].join('\n');
    return `      <failure type="${xml(`${severity} ${id}`)}" message="${xml(title)}">${xml(text)}</failure>`;
  });
  return failures.length === 0 ? `    ${head}/>` : [`    ${head}>`, ...failures, '    </testcase>'].join('\n');
}

/** XML 1.0 forbids control characters even as references, so they are shown as elsewhere. */
function xml(text: string): string {
  return escapeControls(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
}
