import type { ExplainedHpa } from '../../explain/explanation.ts';
import type { CatalogueFinding } from '../../explain/finding.ts';

const LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const;

/** Findings as SARIF 2.1.0, which code scanners and CI systems show. A place is an HPA, since there is no file. */
export function sarifLog(hpas: readonly ExplainedHpa[], version: string): object {
  const found = hpas.flatMap((hpa) => hpa.findings.map((finding) => ({ hpa, finding })));
  const rules = new Map(found.map(({ finding }) => [finding.id, finding]));
  const driver = { name: 'metrics-lab', version, rules: [...rules.values()].map(ruleOf) };
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, results: found.map(({ hpa, finding }) => resultOf(hpa, finding)) }],
  };
}

function ruleOf({ id, upstream }: CatalogueFinding): object {
  const helpUri = upstream.find((link) => link.startsWith('https://'));
  return { id, shortDescription: { text: id.replaceAll('-', ' ') }, ...(helpUri === undefined ? {} : { helpUri }) };
}

function resultOf(
  { namespace, name }: ExplainedHpa,
  { id, severity, title, evidence, fix, next }: CatalogueFinding,
): object {
  const lines = [
    title,
    ...evidence,
    ...(fix === null ? [] : [`do: ${fix}`]),
    ...(next === null ? [] : [`next: ${next}`]),
  ];
  const fullyQualifiedName = `horizontalpodautoscalers.autoscaling/${namespace}/${name}`;
  return {
    ruleId: id,
    level: LEVELS[severity],
    message: { text: lines.join('\n') },
    locations: [{ logicalLocations: [{ name, fullyQualifiedName, kind: 'resource' }] }],
    partialFingerprints: { 'hpaFinding/v1': `${namespace}/${name}/${id}` },
  };
}
