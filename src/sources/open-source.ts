import type { MetricSource } from '../contracts/metric-source.ts';
import type { SourceConfig } from './config.ts';
import { openTube } from './kinds/beanstalkd.ts';
import type { SourcePorts } from './kinds/common.ts';
import { openCron } from './kinds/cron.ts';
import { openKafka } from './kinds/kafka.ts';
import { openExternalGrpc } from './kinds/external-grpc.ts';
import { openHttp } from './kinds/http.ts';
import { openPrometheus } from './kinds/prometheus.ts';
import { openRedis } from './kinds/redis.ts';

/** The source of a configuration. Connects at the first reading. Raises ML-QUEUE-URL for a `url` that cannot be used. */
export function openSource(config: SourceConfig, ports: SourcePorts): MetricSource {
  switch (config.type) {
    case 'redis':
      return openRedis(config, ports);
    case 'beanstalkd':
      return openTube(config, ports);
    case 'prometheus':
      return openPrometheus(config, ports);
    case 'http':
      return openHttp(config, ports);
    case 'kafka':
      return openKafka(config, ports);
    case 'cron':
      return openCron(config, ports);
    case 'external-grpc':
      return openExternalGrpc(config, ports);
  }
}
