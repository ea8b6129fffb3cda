import { z } from 'zod';
import type { MetricSource } from '../../contracts/metric-source.ts';
import { ScalerSource } from '../external-grpc/scaler-source.ts';
import {
  certificatesOf,
  sourceLabels,
  type SourcePorts,
  type SourceSchema,
  type TlsFiles,
  tlsFilesSchema,
} from './common.ts';

/** Metrics of a program that speaks KEDA's ExternalScaler protocol. */
export interface ExternalGrpcConfig {
  readonly type: 'external-grpc';
  readonly address: string;
  readonly metricName?: string;
  /** What the scaler is told its ScaledObject is. */
  readonly scaledObject: { readonly name: string; readonly namespace: string };
  readonly metadata: Readonly<Record<string, string>>;
  readonly activity: 'ask' | 'stream' | 'ignore';
  /** PEM files; without it the connection is plain. */
  readonly tls?: TlsFiles;
  readonly labels: Readonly<Record<string, string>>;
}

const text = z.string().min(1);

export const ExternalGrpcSourceSchema: SourceSchema<ExternalGrpcConfig> = z.strictObject({
  type: z.literal('external-grpc'),
  address: z.string().regex(/^[^\s/]+:\d{1,5}$/, 'write it as host:port'),
  metricName: text.exactOptional().describe('without it every metric that the scaler names'),
  scaledObject: z.strictObject({ name: text.default('metrics-lab'), namespace: text.default('default') }).prefault({}),
  metadata: z.record(text, z.string()).default({}).describe("what stands in a trigger's metadata in KEDA"),
  activity: z
    .enum(['ask', 'stream', 'ignore'])
    .default('ask')
    .describe('IsActive at each reading, StreamIsActive, or neither: while inactive the values are 0'),
  tls: tlsFilesSchema.exactOptional(),
  labels: sourceLabels,
});

export function openExternalGrpc(config: ExternalGrpcConfig, { clock, readFile }: SourcePorts): MetricSource {
  const { address, tls, labels, metricName, activity } = config;
  return new ScalerSource({
    address,
    labels,
    metricName,
    activity,
    clock,
    ref: { ...config.scaledObject, scalerMetadata: config.metadata },
    tls: () => tls && certificatesOf(tls, readFile),
  });
}
