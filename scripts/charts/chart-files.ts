import { Document, isMap, isScalar, type Pair, type YAMLMap } from 'yaml';
import { z } from 'zod';
import packageJson from '../../package.json' with { type: 'json' };
import type { Templates } from './template.ts';

export interface ChartText {
  readonly name: string;
  readonly description: string;
  readonly values: z.ZodType;
  readonly templates: Templates;
  /** Beside those of the Secrets. */
  readonly helpers: string;
  readonly notes: string;
  /** What stands in the README above the table of values. */
  readonly introduction: string;
}

/** All files of a chart, by their path. */
export function chartFiles(chart: ChartText): Readonly<Record<string, string>> {
  const schema = z.toJSONSchema(chart.values, { io: 'input', target: 'draft-7' }) as Node;
  const defaults = z.record(z.string(), z.unknown()).parse(chart.values.parse({}));
  const at = (path: string) => `charts/${chart.name}/${path}`;
  return {
    [at('Chart.yaml')]: new Document({
      apiVersion: 'v2',
      name: chart.name,
      description: chart.description,
      type: 'application',
      version: packageJson.version,
      appVersion: packageJson.version,
      kubeVersion: '>=1.26.0-0',
    }).toString({ lineWidth: 0 }),
    [at('values.yaml')]: valuesYaml(defaults, schema),
    [at('values.schema.json')]: `${JSON.stringify(schema, undefined, 2)}\n`,
    [at('README.md')]: readme(chart, defaults, schema),
    [at('templates/NOTES.txt')]: chart.notes,
    [at('templates/_helpers.tpl')]: `${HEAD}${chart.helpers}${chart.templates.helpers}`,
    ...Object.fromEntries(
      [...chart.templates.files].map(([name, text]) => [at(`templates/${name}`), `${HEAD}${text}`]),
    ),
  };
}

const HEAD = '{{- /* Written by `npm run generate` from the builders in src/; changes here are overwritten. */ -}}\n';

interface Node {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
}

function valuesYaml(defaults: object, schema: Node): string {
  const document = new Document(defaults);
  document.commentBefore = ' Written by `npm run generate`; values.schema.json says what each may be.';
  if (isMap(document.contents)) comment(document.contents, schema);
  return document.toString({ lineWidth: 0 });
}

function comment(map: YAMLMap, schema: Node): void {
  for (const { key, value } of map.items as Pair[]) {
    if (!isScalar(key)) continue;
    const node = schema.properties?.[String(key.value)];
    if (node?.description !== undefined) key.commentBefore = ` ${node.description}`;
    if (node !== undefined && isMap(value)) comment(value, node);
  }
}

function readme(
  { name, description, introduction }: ChartText,
  defaults: Readonly<Record<string, unknown>>,
  schema: Node,
): string {
  const rows = leaves(defaults, schema, []).map(
    ([path, value, text]) => `| \`${path}\` | \`${JSON.stringify(value)}\` | ${text.replaceAll('|', '\\|')} |`,
  );
  const table = ['| value | default | what it is |', '|---|---|---|', ...rows].join('\n');
  return `<!-- Written by \`npm run generate\`. -->\n# ${name}\n\n${description}.\n\n${introduction}\n## Values\n\n${table}\n`;
}

function leaves(
  values: Readonly<Record<string, unknown>>,
  schema: Node,
  path: readonly string[],
): readonly (readonly [string, unknown, string])[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const node = schema.properties?.[key];
    const at = [...path, key];
    const text = node?.description ?? '';
    if (node?.properties === undefined || value === null || typeof value !== 'object')
      return [[at.join('.'), value, text] as const];
    const inner = leaves(value as Readonly<Record<string, unknown>>, node, at);
    return text === ''
      ? inner
      : inner.map(([name, each, own], index) => [name, each, own === '' && index === 0 ? text : own] as const);
  });
}
