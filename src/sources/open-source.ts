import type { Clock } from '../contracts/clock.ts';
import type { MetricSource } from '../contracts/metric-source.ts';
import { LabError } from '../errors/lab-error.ts';
import { BeanstalkConnection } from './beanstalk-connection.ts';
import { countInTube } from './beanstalkd-source.ts';
import type { QueueSourceConfig, SourceConfig } from './config.ts';
import { type Endpoint, parseEndpoint } from './endpoint.ts';
import { HttpClient } from './http-access.ts';
import { PolledSource } from './polled-source.ts';
import { PrometheusApi } from './prometheus/api.ts';
import { querySource } from './prometheus/query-source.ts';
import { RedisConnection } from './redis-connection.ts';
import { countInRedis } from './redis-source.ts';

export interface SourcePorts {
  readonly clock: Clock;
  /** The text of a file; undefined when there is none. */
  readonly readFile: (path: string) => string | undefined;
}

/** The source of a configuration. Connects at the first read. Raises ML-QUEUE-URL for a `url` that cannot be used. */
export function openSource(config: SourceConfig, { clock, readFile }: SourcePorts): MetricSource {
  if (config.type === 'prometheus') {
    const api = new PrometheusApi(new HttpClient(config, readFile));
    return querySource({ api, clock, query: config.query, labels: config.labels, fallback: config.default });
  }
  const endpoint = endpointOf(config, readFile);
  if (config.url !== undefined) endpoint(); // a typing mistake is told at the start, not at the first poll
  const { labels, timeoutMs } = config;
  const common = { labels, timeoutMs, clock };
  if (config.type === 'beanstalkd')
    return new PolledSource<BeanstalkConnection>({
      ...common,
      name: `beanstalkd:${config.tube}/${config.value}`,
      connect: async (signal) => await BeanstalkConnection.open(endpoint(), signal),
      count: (beanstalk) => countInTube(beanstalk, config),
    });
  return new PolledSource<RedisConnection>({
    ...common,
    name: `redis:${config.key}/${config.value}`,
    connect: async (signal) => await RedisConnection.open(endpoint(), signal),
    count: (redis) => countInRedis(redis, config),
  });
}

/** The file is read at each connection, so that a new password is taken up without a restart. */
function endpointOf({ type, url, urlFile }: QueueSourceConfig, readFile: SourcePorts['readFile']): () => Endpoint {
  return () => {
    const text = url ?? readFile(urlFile ?? '')?.trim();
    if (text === undefined || text === '')
      throw new LabError('ML-SOURCE-CONFIG', { problems: `urlFile: there is nothing in ${urlFile}` });
    return parseEndpoint(text, type);
  };
}
