import { z } from 'zod';
import { LabError } from '../errors/lab-error.ts';
import { type TubeConfig, TubeSchema } from './kinds/beanstalkd.ts';
import type { SourceSchema } from './kinds/common.ts';
import { type CronConfig, CronSourceSchema } from './kinds/cron.ts';
import { type KafkaLagConfig, KafkaSourceSchema } from './kinds/kafka.ts';
import { type ExternalGrpcConfig, ExternalGrpcSourceSchema } from './kinds/external-grpc.ts';
import { type HttpSourceConfig, HttpSourceSchema } from './kinds/http.ts';
import { type PrometheusQueryConfig, PrometheusSourceSchema } from './kinds/prometheus.ts';
import { type RedisConfig, RedisSourceSchema } from './kinds/redis.ts';

/** One metric source, as it stands in a configuration file. A new kind is a file in kinds/, a line here and a case in open-source.ts. */
export type SourceConfig =
  | RedisConfig
  | TubeConfig
  | PrometheusQueryConfig
  | HttpSourceConfig
  | KafkaLagConfig
  | CronConfig
  | ExternalGrpcConfig;

export const SourceConfigSchema: SourceSchema<SourceConfig> = z.discriminatedUnion('type', [
  RedisSourceSchema,
  TubeSchema,
  PrometheusSourceSchema,
  HttpSourceSchema,
  KafkaSourceSchema,
  CronSourceSchema,
  ExternalGrpcSourceSchema,
]);

/** A source's configuration out of foreign data. Raises ML-SOURCE-CONFIG with every problem and where it is. */
export function parseSourceConfig(data: unknown): SourceConfig {
  const result = SourceConfigSchema.safeParse(data);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.') || 'source'}: ${message}`);
  throw new LabError('ML-SOURCE-CONFIG', { problems: problems.join('; ') });
}
