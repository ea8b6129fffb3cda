import { z } from 'zod';
import type { MetricSource } from '../../contracts/metric-source.ts';
import { PolledSource } from '../polled-source.ts';
import { RedisConnection } from '../redis-connection.ts';
import { countInRedis } from '../redis-source.ts';
import { toBytes } from '../resp.ts';
import {
  certificatesOf,
  endpointOf,
  oneUrl,
  type QueueServerConfig,
  queueServerShape,
  type SourcePorts,
  type SourceSchema,
  type TlsFiles,
  tlsFilesSchema,
} from './common.ts';

/**
 * What is counted. `backlog` = items waiting plus items in somebody's hands, and is the default: with AverageValue 2 ("one
 * pod per two jobs") the pods that work are the reason why they are needed. The length of the list alone, which most
 * articles use, falls to zero as soon as every item has been taken, and the HPA then removes pods in the middle of their
 * work. Both can be had; the difference is one of the things to see in a lab.
 */
type ListValue = 'backlog' | 'length' | 'in-flight';
type StreamValue = 'backlog' | 'length' | 'pending' | 'lag';

interface RedisServerConfig extends QueueServerConfig {
  /** The URL is that of any node of a Redis cluster. */
  readonly cluster?: boolean;
  /** PEM files for a rediss:// URL. */
  readonly tls?: TlsFiles;
}

export interface RedisListConfig extends RedisServerConfig {
  readonly type: 'redis';
  readonly structure: 'list';
  readonly key: string;
  readonly value: ListValue;
}
export interface RedisStreamConfig extends RedisServerConfig {
  readonly type: 'redis';
  readonly structure: 'stream';
  readonly key: string;
  readonly group: string;
  readonly value: StreamValue;
}
export type RedisConfig = RedisListConfig | RedisStreamConfig;

const key = z.string().min(1).max(500);

const serverShape = {
  ...queueServerShape,
  cluster: z.boolean().exactOptional().describe('the URL is that of any node of a Redis cluster'),
  tls: tlsFilesSchema.exactOptional().describe('PEM files for a rediss:// URL'),
};

/** What of a server's settings contradicts itself. */
function oneServer(
  config: Pick<RedisServerConfig, 'url' | 'tls'> & QueueServerConfig,
  context: z.core.$RefinementCtx,
): void {
  oneUrl(config, context);
  if (config.tls !== undefined && config.url?.startsWith('redis://') === true)
    context.addIssue({ code: 'custom', message: 'certificates need a rediss:// URL', path: ['tls'] });
}

const RedisList = z
  .strictObject({
    type: z.literal('redis'),
    structure: z.literal('list').default('list'),
    value: z
      .enum(['backlog', 'length', 'in-flight'])
      .default('backlog')
      .describe('in-flight (and so backlog) counts what consumers of a metrics-lab hold; other lists have none'),
    key,
    ...serverShape,
  })
  .superRefine(oneServer)
  .refine(({ cluster, value, key: name }) => cluster !== true || value === 'length' || /\{[^}]+\}/.test(name), {
    message: 'in a cluster what consumers hold can only be counted for a key with a {tag}; or count the length',
    path: ['value'],
  });

const RedisStream = z
  .strictObject({
    type: z.literal('redis'),
    structure: z.literal('stream'),
    value: z
      .enum(['backlog', 'length', 'pending', 'lag'])
      .default('backlog')
      .describe(
        'pending: delivered to the group and not acknowledged; lag: not yet delivered (Redis 7); backlog: both',
      ),
    group: key.default('workers'),
    key,
    ...serverShape,
  })
  .superRefine(oneServer);

export const RedisSourceSchema: SourceSchema<RedisConfig> = z.discriminatedUnion('structure', [RedisList, RedisStream]);

/** Connects at the first reading. Raises ML-QUEUE-URL. */
export function openRedis(config: RedisConfig, { clock, readFile }: SourcePorts): MetricSource {
  const endpoint = endpointOf(config, 'redis', readFile);
  const { labels, timeoutMs } = config;
  return new PolledSource<RedisConnection>({
    labels,
    timeoutMs,
    clock,
    name: `redis:${config.key}/${config.value}`,
    connect: async (signal) => {
      const { tls, cluster, key: name } = config;
      const server = tls === undefined ? endpoint() : { ...endpoint(), certificates: certificatesOf(tls, readFile) };
      return cluster === true
        ? await RedisConnection.openFor(toBytes(name), server, signal)
        : await RedisConnection.open(server, signal);
    },
    count: (redis) => countInRedis(redis, config),
  });
}
