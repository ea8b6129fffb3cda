import { z } from 'zod';
import type { MetricSource } from '../../contracts/metric-source.ts';
import { BeanstalkConnection } from '../beanstalk-connection.ts';
import { countInTube } from '../beanstalkd-source.ts';
import { PolledSource } from '../polled-source.ts';
import {
  endpointOf,
  oneUrl,
  type QueueServerConfig,
  queueServerShape,
  type SourcePorts,
  type SourceSchema,
} from './common.ts';

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
export type TubeValue = (typeof TUBE_VALUES)[number];

export interface TubeConfig extends QueueServerConfig {
  readonly type: 'beanstalkd';
  readonly tube: string;
  readonly value: TubeValue;
}

export const TubeSchema: SourceSchema<TubeConfig> = z
  .strictObject({
    type: z.literal('beanstalkd'),
    value: z
      .enum(TUBE_VALUES)
      .default('backlog')
      .describe("beanstalkd's current-jobs-* and current-* (protocol.txt); backlog: ready and reserved jobs"),
    tube: z.string().regex(/^[A-Za-z0-9+/;.$_()][A-Za-z0-9+/;.$_()-]{0,199}$/, 'not a tube name'),
    ...queueServerShape,
  })
  .superRefine(oneUrl);

/** Connects at the first reading. Raises ML-QUEUE-URL. */
export function openTube(config: TubeConfig, { clock, readFile }: SourcePorts): MetricSource {
  const endpoint = endpointOf(config, 'beanstalkd', readFile);
  const { labels, timeoutMs } = config;
  return new PolledSource<BeanstalkConnection>({
    labels,
    timeoutMs,
    clock,
    name: `beanstalkd:${config.tube}/${config.value}`,
    connect: async (signal) => await BeanstalkConnection.open(endpoint(), signal),
    count: (beanstalk) => countInTube(beanstalk, config),
  });
}
