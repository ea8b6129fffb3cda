import { z } from 'zod';
import type { MetricSource } from '../../contracts/metric-source.ts';
import { type LagSettings, parsePartitions } from '../kafka/lag.ts';
import { KafkaLagSource } from '../kafka/lag-source.ts';
import { sourceLabels, type SourcePorts, type SourceSchema } from './common.ts';

/** The lag of a consumer group, with the settings and the meaning of KEDA's Kafka scaler. */
export interface KafkaLagConfig extends LagSettings {
  readonly type: 'kafka';
  /** `host:port` each. */
  readonly brokers: readonly string[];
  readonly group: string;
  /** Undefined: every topic that the group has committed to. */
  readonly topic?: string;
  /** Partitions that count, e.g. `1,2,10-20`. */
  readonly partitionLimitation?: string;
  readonly sasl?: {
    readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
    readonly username: string;
    readonly passwordFile: string;
  };
  /** PEM files; without it the connection is plain. */
  readonly tls?: {
    readonly caFile?: string;
    readonly certFile?: string;
    readonly keyFile?: string;
    readonly serverName?: string;
  };
  readonly labels: Readonly<Record<string, string>>;
}

const text = z.string().min(1);
const no = z.boolean().default(false);

export const KafkaSourceSchema: SourceSchema<KafkaLagConfig> = z
  .strictObject({
    type: z.literal('kafka'),
    brokers: z.array(z.string().regex(/^[^\s:]+:\d{1,5}$/, 'write it as host:port')).min(1),
    group: text.max(249),
    topic: text.max(249).exactOptional().describe('without it every topic that the group has committed to'),
    partitionLimitation: z
      .string()
      .refine((list) => parsePartitions(list) !== undefined, 'a list such as 1,2,10-20')
      .exactOptional(),
    lagThreshold: z.number().int().min(1).default(10).describe("the HPA's target: lag for one consumer"),
    offsetResetPolicy: z.enum(['latest', 'earliest']).default('latest'),
    allowIdleConsumers: no.describe('more consumers than partitions'),
    limitToPartitionsWithLag: no.describe('no more consumers than partitions that have a lag'),
    ensureEvenDistributionOfPartitions: no,
    excludePersistentLag: no.describe('no lag for a partition whose offset has not moved since the last reading'),
    scaleToZeroOnInvalidOffset: no.describe('0 and not 1 for a partition without a committed offset'),
    sasl: z
      .strictObject({
        mechanism: z.enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']),
        username: text,
        passwordFile: text,
      })
      .exactOptional(),
    tls: z
      .strictObject({
        caFile: text.exactOptional(),
        certFile: text.exactOptional(),
        keyFile: text.exactOptional(),
        serverName: text.exactOptional(),
      })
      .exactOptional(),
    labels: sourceLabels,
  })
  .superRefine((config, context) => {
    const wrong = (message: string) => context.addIssue({ code: 'custom', message });
    const {
      topic,
      allowIdleConsumers,
      limitToPartitionsWithLag,
      ensureEvenDistributionOfPartitions: even,
      tls,
    } = config;
    if (allowIdleConsumers && limitToPartitionsWithLag)
      wrong('allowIdleConsumers and limitToPartitionsWithLag contradict each other');
    if (limitToPartitionsWithLag && even)
      wrong('limitToPartitionsWithLag and ensureEvenDistributionOfPartitions contradict each other');
    if (topic === undefined && (limitToPartitionsWithLag || even || config.partitionLimitation !== undefined))
      wrong('limits by partition need a topic');
    if ((tls?.certFile === undefined) !== (tls?.keyFile === undefined)) wrong('certFile and keyFile go together');
  });

export function openKafka(config: KafkaLagConfig, ports: SourcePorts): MetricSource {
  return new KafkaLagSource(config, ports);
}
