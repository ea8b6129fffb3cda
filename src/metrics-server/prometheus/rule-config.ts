import { z } from 'zod';
import { readQuantity } from '../../kube/quantity.ts';
import { type HttpAccess, httpAccessProblems, httpAccessShape } from '../../sources/http-access.ts';
import { goRegExp, groupCount } from './go-regexp.ts';
import { sampleOf } from './query.ts';
import { parseTemplate } from './template/parse.ts';
import { runTemplate } from './template/run.ts';
import { TemplateFault } from './template/tokens.ts';

/** One rule of prometheus-adapter's configuration (its docs/config.md, docs/externalmetrics.md), and `default`, which is ours. */
export interface RuleConfig {
  readonly seriesQuery: string;
  readonly seriesFilters: readonly { readonly is?: string; readonly isNot?: string }[];
  readonly resources: {
    readonly template?: string;
    /** By label. */
    readonly overrides: Readonly<Record<string, { readonly group: string; readonly resource: string }>>;
    /** Of external rules: false leaves the namespace of the question out. */
    readonly namespaced: boolean;
  };
  readonly name: { readonly matches: string; readonly as: string };
  readonly metricsQuery: string;
  /** The value of an object or a selector for which the query finds no series. */
  readonly default?: string;
}

/** A Prometheus whose series become metrics by rules. */
export interface PrometheusRulesConfig extends HttpAccess {
  readonly rules: readonly RuleConfig[];
  readonly externalRules: readonly RuleConfig[];
  /** How often the series are listed. */
  readonly relistSeconds: number;
  /** How often a query that somebody asks for is run. */
  readonly pollSeconds: number;
  readonly timeoutSeconds: number;
  /** Older values are errors. */
  readonly maxAgeSeconds: number;
}

const seconds = (fallback: number) => z.number().min(0.1).max(86_400).default(fallback);

const Rule: z.ZodType<RuleConfig> = z
  .strictObject({
    seriesQuery: z.string().trim().min(1).describe('selector of the series, as /api/v1/series takes it'),
    seriesFilters: z
      .array(z.strictObject({ is: z.string().min(1).exactOptional(), isNot: z.string().min(1).exactOptional() }))
      .default([]),
    resources: z
      .strictObject({
        template: z.string().min(1).exactOptional().describe('a label for each resource, e.g. kube_<<.Resource>>'),
        overrides: z
          .record(z.string(), z.strictObject({ group: z.string().default(''), resource: z.string().min(1) }))
          .default({}),
        namespaced: z.boolean().default(true).describe('of external rules: false leaves the namespace out'),
      })
      .default({ overrides: {}, namespaced: true }),
    name: z
      .strictObject({ matches: z.string().default(''), as: z.string().default('') })
      .default({ matches: '', as: '' }),
    metricsQuery: z.string().min(1).describe('PromQL with << >> templates'),
    default: z.coerce
      .string()
      .transform((text, context) => {
        const read = readQuantity(text);
        if ('quantity' in read) return read.quantity;
        context.addIssue({ code: 'custom', message: read.problem });
        return z.NEVER;
      })
      .exactOptional()
      .describe('the value where the query finds no series'),
  })
  .superRefine((rule, context) => {
    for (const [path, message] of problemsOf(rule)) context.addIssue({ code: 'custom', path: [...path], message });
  });

export const PrometheusRulesSchema: z.ZodType<PrometheusRulesConfig> = z
  .strictObject({
    ...httpAccessShape,
    rules: z.array(Rule).default([]),
    externalRules: z.array(Rule).default([]),
    resourceRules: z
      .never('are not served: metrics.k8s.io belongs to another server (metrics-server, or the lab); leave them out')
      .exactOptional(),
    relistSeconds: seconds(30),
    pollSeconds: seconds(5),
    timeoutSeconds: seconds(5),
    maxAgeSeconds: seconds(30),
  })
  .superRefine((config, context) => {
    for (const message of httpAccessProblems(config)) context.addIssue({ code: 'custom', message });
    config.rules.forEach(({ resources }, index) => {
      if (resources.template === undefined && Object.keys(resources.overrides).length === 0)
        context.addIssue({
          code: 'custom',
          path: ['rules', index, 'resources'],
          message: 'give overrides or a template: which label names which object?',
        });
    });
    config.externalRules.forEach(({ resources }, index) => {
      if (resources.namespaced && resources.template === undefined && !overridesNamespace(resources.overrides))
        context.addIssue({
          code: 'custom',
          path: ['externalRules', index, 'resources'],
          message: 'no label is the namespace: give an override for it, or namespaced: false',
        });
    });
  });

function overridesNamespace(overrides: RuleConfig['resources']['overrides']): boolean {
  return Object.values(overrides).some(({ resource }) => isNamespace(resource));
}

/** The names by which a rule may call namespaces. */
export function isNamespace(resource: string): boolean {
  return ['namespace', 'namespaces', 'ns'].includes(resource.toLowerCase());
}

/**
 * The one metric that a series query names, as in `jobs{queue="a"}` or `{__name__="jobs"}`; undefined for a query of many. A rule with
 * a default needs it: series that are not there cannot be found.
 */
export function seriesNameIn(seriesQuery: string): string | undefined {
  return (/^([A-Za-z_:][\w:]*)\s*(?:\{|$)/.exec(seriesQuery) ?? /__name__\s*=\s*"([^"]+)"/.exec(seriesQuery))?.[1];
}

type Problem = readonly [path: readonly (string | number)[], message: string];

function problemsOf(rule: RuleConfig): readonly Problem[] {
  const problems: Problem[] = [];
  rule.seriesFilters.forEach(({ is, isNot }, index) => {
    if ((is === undefined) === (isNot === undefined))
      problems.push([['seriesFilters', index], 'give either is or isNot']);
    const pattern = goRegExp(is ?? isNot ?? '');
    if (typeof pattern === 'string') problems.push([['seriesFilters', index], pattern]);
  });
  const matches = goRegExp(rule.name.matches);
  if (typeof matches === 'string') problems.push([['name', 'matches'], matches]);
  else if (rule.name.as === '' && groupCount(matches) > 1)
    problems.push([['name', 'as'], 'say which of the captured groups is the name']);
  const query = templateProblem(rule.metricsQuery, { ...sampleOf });
  if (query !== undefined) problems.push([['metricsQuery'], query]);
  const { template } = rule.resources;
  const label = template === undefined ? undefined : templateProblem(template, { Group: 'g', Resource: 'r' });
  if (label !== undefined) problems.push([['resources', 'template'], label]);
  if (rule.default !== undefined && seriesNameIn(rule.seriesQuery) === undefined)
    problems.push([['default'], 'a default needs a seriesQuery that names its series, e.g. jobs{queue!=""}']);
  return problems;
}

/** Why a template cannot be used, found by carrying it out once. */
function templateProblem(text: string, data: Readonly<Record<string, unknown>>): string | undefined {
  try {
    runTemplate(parseTemplate(text), data as Parameters<typeof runTemplate>[1]);
    return undefined;
  } catch (error) {
    if (error instanceof TemplateFault) return error.message;
    throw error;
  }
}
