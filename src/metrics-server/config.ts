import { z } from 'zod';
import { LabError } from '../errors/lab-error.ts';
import { labelKeyProblems, labelValueProblems } from '../kube/label-validation.ts';
import { readQuantity } from '../kube/quantity.ts';
import { type SourceConfig, SourceConfigSchema } from '../sources/config.ts';
import { type ForwardConfig, ForwardSchema, isForwarded } from './forward/config.ts';
import { parseYaml, type YamlProblem } from './config-yaml.ts';
import { type PrometheusRulesConfig, PrometheusRulesSchema } from './prometheus/rule-config.ts';

/** Series that are written: these at the start, others through the write endpoint. */
export interface MemorySourceConfig {
  readonly type: 'memory';
  readonly series: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: string }[];
}

/** Which object a series of a custom metric describes. */
export interface ObjectConfig {
  /** Plural; with its group unless that is the core one: `services`, `deployments.apps`. */
  readonly resource: string;
  /** Neither this nor `namespaceLabel`: the resource is cluster-scoped. */
  readonly namespace?: string;
  /** The label of the series that says the namespace. */
  readonly namespaceLabel?: string;
  readonly name?: string;
  readonly nameLabel?: string;
}

export interface MetricConfig {
  /** The name in the API; no slash. */
  readonly name: string;
  /** Where it can be read; neither = in every namespace. */
  readonly namespace?: string;
  readonly namespaces?: readonly string[];
  /** Added to every series. */
  readonly labels: Readonly<Record<string, string>>;
  /** Makes it a custom metric: each series is the value of one object. */
  readonly object?: ObjectConfig;
  readonly source: SourceConfig | MemorySourceConfig;
  readonly pollSeconds: number;
  /** Older values are errors, not numbers. */
  readonly maxAgeSeconds: number;
  /** For one reading. */
  readonly timeoutSeconds: number;
  /** Quantity: a value that does not exceed it counts as 0. */
  readonly activation?: string;
  /** Quantity that is answered when the source has no series or no fresh value. */
  readonly default?: string;
}

export interface MetricsServerConfig {
  readonly listen: { readonly host: string; readonly port: number };
  /** Identity at the cluster, which decides who may read. Without it only front proxies and client certificates of `auth` count. */
  readonly kubeconfigFile?: string;
  /** For a server without a cluster: CAs as files, objects as a List. */
  readonly standalone?: {
    readonly clientCaFile?: string;
    readonly requestHeaderCaFile?: string;
    readonly allowedNames: readonly string[];
    readonly objectsFile?: string;
  };
  /** Without it a certificate is made at the start. */
  readonly serving?: { readonly certFile: string; readonly keyFile: string };
  /** The write endpoints, and with them custom metrics. */
  readonly write?: {
    readonly host: string;
    readonly port: number;
    readonly tokenFile: string;
    readonly maxValues: number;
  };
  /** The external metrics for KEDA, as an external scaler; who asks needs a certificate of that CA, with one of these names if any are given. */
  readonly externalScaler?: {
    readonly host: string;
    readonly port: number;
    readonly clientCaFile: string;
    readonly allowedNames: readonly string[];
  };
  /** Told to stop, it answers for this long still, with `Connection: close`, so that nobody's query is cut off. */
  readonly shutdownDelaySeconds: number;
  readonly metrics: readonly MetricConfig[];
  /** Servers whose series become metrics by the rules of prometheus-adapter. */
  readonly prometheus: readonly PrometheusRulesConfig[];
  /** Metrics of other adapters. */
  readonly forward: readonly ForwardConfig[];
}

const seconds = (fallback: number) => z.number().min(0.1).max(86_400).default(fallback);
const port = z.number().int().min(0).max(65_535);
const file = z.string().min(1);
const Label = z.record(z.string(), z.string()).superRefine((labels, context) => {
  for (const [key, value] of Object.entries(labels)) {
    for (const message of [...labelKeyProblems(key), ...labelValueProblems(value)])
      context.addIssue({ code: 'custom', path: [key], message });
  }
});
/** Comes out as the API prints it. */
const QuantityText = z.coerce.string().transform((text, context) => {
  const read = readQuantity(text);
  if ('quantity' in read) return read.quantity;
  context.addIssue({ code: 'custom', message: read.problem });
  return z.NEVER;
});
const Memory = z.strictObject({
  type: z.literal('memory'),
  series: z.array(z.strictObject({ labels: Label.default({}), value: QuantityText })).default([]),
});
const Source: z.ZodType<SourceConfig | MemorySourceConfig> = z.discriminatedUnion('type', [SourceConfigSchema, Memory]);

const label = z.string().min(1).max(253);
const DescribedObject = z
  .strictObject({
    resource: z
      .string()
      .regex(/^[a-z0-9-]+(\.[a-z0-9.-]+)?$/, 'a plural in lower case, e.g. services or deployments.apps'),
    namespace: label.exactOptional(),
    namespaceLabel: label.exactOptional(),
    name: label.exactOptional(),
    nameLabel: label.exactOptional(),
  })
  .refine((object) => (object.name === undefined) !== (object.nameLabel === undefined), {
    message: 'give either name or nameLabel',
    path: ['name'],
  })
  .refine((object) => object.namespace === undefined || object.namespaceLabel === undefined, {
    message: 'give either namespace or namespaceLabel',
    path: ['namespaceLabel'],
  });

/** One entry of `metrics`. */
export const MetricSchema: z.ZodType<MetricConfig> = z
  .strictObject({
    name: z.string().regex(/^[^/%\s]{1,253}$/, 'a metric is one segment of a path: no slash, no blank'),
    namespace: z.string().min(1).exactOptional(),
    namespaces: z.array(z.string().min(1)).min(1).exactOptional(),
    labels: Label.default({}),
    object: DescribedObject.exactOptional(),
    source: Source,
    pollSeconds: seconds(5),
    maxAgeSeconds: seconds(30),
    timeoutSeconds: seconds(5),
    default: QuantityText.exactOptional(),
    activation: QuantityText.exactOptional(),
  })
  .refine((metric) => metric.namespace === undefined || metric.namespaces === undefined, {
    message: 'give either namespace or namespaces',
    path: ['namespaces'],
  })
  .refine((metric) => metric.object === undefined || (metric.namespace ?? metric.namespaces) === undefined, {
    message: 'of an object, object.namespace says the namespace',
    path: ['object'],
  });

const Config: z.ZodType<MetricsServerConfig> = z
  .strictObject({
    listen: z
      .strictObject({ host: z.string().default('127.0.0.1'), port: port.default(0) })
      .default({ host: '127.0.0.1', port: 0 }),
    kubeconfigFile: file.exactOptional(),
    standalone: z
      .strictObject({
        clientCaFile: file.exactOptional(),
        requestHeaderCaFile: file.exactOptional(),
        allowedNames: z.array(z.string()).default([]),
        objectsFile: file.exactOptional(),
      })
      .exactOptional(),
    serving: z.strictObject({ certFile: file, keyFile: file }).exactOptional(),
    write: z
      .strictObject({
        host: z.string().default('127.0.0.1'),
        port: port.default(0),
        tokenFile: file,
        maxValues: z.number().int().min(1).max(10_000_000).default(100_000),
      })
      .exactOptional(),
    externalScaler: z
      .strictObject({
        host: z.string().default('127.0.0.1'),
        port: port.default(0),
        clientCaFile: file,
        allowedNames: z.array(z.string()).default([]),
      })
      .exactOptional(),
    shutdownDelaySeconds: z.number().min(0).max(120).default(0),
    metrics: z.array(MetricSchema).default([]),
    prometheus: z.array(PrometheusRulesSchema).default([]),
    forward: z.array(ForwardSchema).default([]),
  })
  .superRefine(({ metrics, forward }, context) => {
    for (const [index, { name, object }] of metrics.entries()) {
      const api = object === undefined ? 'external' : 'custom';
      if (!forward.some((rule) => rule.api === api && isForwarded(rule, name))) continue;
      context.addIssue({
        code: 'custom',
        path: ['metrics', index, 'name'],
        message: `${name} is passed on to another adapter too`,
      });
    }
  })
  .refine((config) => (config.kubeconfigFile === undefined) !== (config.standalone === undefined), {
    message: 'give either kubeconfigFile or standalone',
    path: ['kubeconfigFile'],
  });

/** JSON Schema (draft 2020-12) of the configuration file; docs/schemas/metrics-server.json. */
export function metricsServerJsonSchema(): object {
  return { title: 'Configuration of the metrics server', ...z.toJSONSchema(Config, { io: 'input' }) };
}

/**
 * The configuration in a YAML (or JSON) text. Raises ML-METRICS-CONFIG with every mistake and where it stands; unknown keys are
 * mistakes. `path` is for the message.
 */
export function parseMetricsServerConfig(text: string, path: string): MetricsServerConfig {
  const { document, problems, place } = parseYaml(text);
  if (problems.length > 0) throw configError(path, problems);
  const parsed = Config.safeParse(document);
  if (parsed.success) return parsed.data;
  throw configError(
    path,
    parsed.error.issues.flatMap((issue): YamlProblem[] => {
      if (issue.code !== 'unrecognized_keys')
        return [{ at: place(issue.path), text: `${issue.path.join('.')}: ${issue.message}` }];
      return issue.keys.map((key) => ({
        at: place([...issue.path, key]),
        text: `${[...issue.path, key].join('.')}: unknown key`,
      }));
    }),
  );
}

function configError(path: string, problems: readonly YamlProblem[]): LabError {
  return new LabError('ML-METRICS-CONFIG', {
    path,
    problems: problems.map(({ at, text }) => `${at} ${text}`).join('; '),
  });
}
