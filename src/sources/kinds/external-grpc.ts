import { z } from 'zod';
import type { MetricSource } from '../../contracts/metric-source.ts';
import { noTlsFile, ScalerSource } from '../external-grpc/scaler-source.ts';
import { sourceLabels, type SourcePorts, type SourceSchema } from './common.ts';

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
  readonly tls?: {
    readonly caFile?: string;
    readonly certFile?: string;
    readonly keyFile?: string;
    readonly serverName?: string;
  };
  readonly labels: Readonly<Record<string, string>>;
}

const text = z.string().min(1);

export const ExternalGrpcSourceSchema: SourceSchema<ExternalGrpcConfig> = z
  .strictObject({
    type: z.literal('external-grpc'),
    address: z.string().regex(/^[^\s/]+:\d{1,5}$/, 'write it as host:port'),
    metricName: text.exactOptional().describe('without it every metric that the scaler names'),
    scaledObject: z
      .strictObject({ name: text.default('metrics-lab'), namespace: text.default('default') })
      .prefault({}),
    metadata: z.record(text, z.string()).default({}).describe("what stands in a trigger's metadata in KEDA"),
    activity: z
      .enum(['ask', 'stream', 'ignore'])
      .default('ask')
      .describe('IsActive at each reading, StreamIsActive, or neither: while inactive the values are 0'),
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
  .refine(({ tls }) => (tls?.certFile === undefined) === (tls?.keyFile === undefined), {
    message: 'certFile and keyFile go together',
    path: ['tls'],
  });

export function openExternalGrpc(config: ExternalGrpcConfig, { clock, readFile }: SourcePorts): MetricSource {
  const { address, tls, labels, metricName, activity } = config;
  const file = (path: string | undefined) => {
    if (path === undefined) return undefined;
    const content = readFile(path);
    if (content === undefined || content.trim() === '') throw noTlsFile(address, path);
    return content;
  };
  return new ScalerSource({
    address,
    labels,
    metricName,
    activity,
    clock,
    ref: { ...config.scaledObject, scalerMetadata: config.metadata },
    tls: () =>
      tls && { ca: file(tls.caFile), cert: file(tls.certFile), key: file(tls.keyFile), serverName: tls.serverName },
  });
}
