import { z } from 'zod';
import { LabError } from '../errors/lab-error.ts';
import { readQuantity } from '../kube/quantity.ts';
import { type HttpAccess, httpAccessProblems, httpAccessShape } from './http-access.ts';

/**
 * What is counted. `backlog` = items waiting plus items in somebody's hands, and is the default: with AverageValue 2 ("one
 * pod per two jobs") the pods that work are the reason why they are needed. The length of the list alone, which most
 * articles use, falls to zero as soon as every item has been taken, and the HPA then removes pods in the middle of their
 * work. Both can be had; the difference is one of the things to see in a lab.
 */
export type ListValue = 'backlog' | 'length' | 'in-flight';
export type StreamValue = 'backlog' | 'length' | 'pending' | 'lag';
export type TubeValue = (typeof TUBE_VALUES)[number];

interface CommonConfig {
  readonly url?: string;
  readonly urlFile?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}
export interface RedisListConfig extends CommonConfig {
  readonly type: 'redis';
  readonly structure: 'list';
  readonly key: string;
  readonly value: ListValue;
}
export interface RedisStreamConfig extends CommonConfig {
  readonly type: 'redis';
  readonly structure: 'stream';
  readonly key: string;
  readonly group: string;
  readonly value: StreamValue;
}
export interface TubeConfig extends CommonConfig {
  readonly type: 'beanstalkd';
  readonly tube: string;
  readonly value: TubeValue;
}
export type QueueSourceConfig = RedisListConfig | RedisStreamConfig | TubeConfig;
export interface PrometheusQueryConfig extends HttpAccess {
  readonly type: 'prometheus';
  readonly query: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly default?: string;
}
export type SourceConfig = QueueSourceConfig | PrometheusQueryConfig;

const TUBE_VALUES = [
  'backlog',
  'ready',
  'urgent',
  'delayed',
  'reserved',
  'buried',
  'using',
  'watching',
  'waiting',
] as const;

const common = {
  /** May hold a password; never printed. Either this or `urlFile`. */
  url: z.string().min(1).exactOptional(),
  /** A file with the URL in it, read at each connection. */
  urlFile: z.string().min(1).exactOptional(),
  /** Labels of the series. */
  labels: z.record(z.string().min(1).max(63), z.string().max(63)).default({}),
  /** One read, connecting included. */
  timeoutMs: z.number().int().min(10).max(60_000).default(5_000),
};

const RedisList = z.strictObject({
  type: z.literal('redis'),
  structure: z.literal('list').default('list'),
  /** `in-flight` (and so `backlog`) counts what consumers of a metrics-lab hold; a list of somebody else has none. */
  value: z.enum(['backlog', 'length', 'in-flight']).default('backlog'),
  key: z.string().min(1).max(500),
  ...common,
});

const RedisStream = z.strictObject({
  type: z.literal('redis'),
  structure: z.literal('stream'),
  /** `pending`: delivered to the group and not acknowledged; `lag`: not yet delivered (Redis 7); `backlog`: both. */
  value: z.enum(['backlog', 'length', 'pending', 'lag']).default('backlog'),
  group: z.string().min(1).max(500).default('workers'),
  key: z.string().min(1).max(500),
  ...common,
});

const Tube = z.strictObject({
  type: z.literal('beanstalkd'),
  /** beanstalkd's `current-jobs-*` and `current-*` (protocol.txt); `backlog`: ready and reserved jobs. */
  value: z.enum(TUBE_VALUES).default('backlog'),
  tube: z.string().regex(/^[A-Za-z0-9+/;.$_()][A-Za-z0-9+/;.$_()-]{0,199}$/, 'not a tube name'),
  ...common,
});

const PrometheusQuery = z.strictObject({
  type: z.literal('prometheus'),
  ...httpAccessShape,
  /** PromQL; each series of its value is a series of the metric. */
  query: z.string().trim().min(1).max(20_000),
  labels: common.labels,
  /** The value while the expression finds no series (a key that is gone, say), so that it needs no `or vector(0)`. A server that does not answer is an error all the same. */
  default: z.coerce
    .string()
    .transform((text, context) => {
      const read = readQuantity(text);
      if ('quantity' in read) return read.quantity;
      context.addIssue({ code: 'custom', message: read.problem });
      return z.NEVER;
    })
    .exactOptional(),
});

/** One metric source, as it stands in a configuration file. */
export const SourceConfigSchema: z.ZodType<SourceConfig> = z
  .discriminatedUnion('type', [z.discriminatedUnion('structure', [RedisList, RedisStream]), Tube, PrometheusQuery])
  .superRefine((config, context) => {
    if (config.type === 'prometheus') {
      for (const message of httpAccessProblems(config)) context.addIssue({ code: 'custom', message });
    } else if ((config.url === undefined) === (config.urlFile === undefined)) {
      context.addIssue({ code: 'custom', message: 'give either url or urlFile', path: ['url'] });
    }
  });

/** A source's configuration out of foreign data. Raises ML-SOURCE-CONFIG with every problem and where it is. */
export function parseSourceConfig(data: unknown): SourceConfig {
  const result = SourceConfigSchema.safeParse(data);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.') || 'source'}: ${message}`);
  throw new LabError('ML-SOURCE-CONFIG', { problems: problems.join('; ') });
}
