import type { MethodDefinition } from '@grpc/grpc-js';

/** The object that a question is about, and the settings of its trigger. */
export interface ScaledObjectRef {
  readonly name: string;
  readonly namespace: string;
  readonly scalerMetadata: Readonly<Record<string, string>>;
}

type Field = readonly [type: string, id: number, repeated?: 'repeated'];

const message = (fields: Readonly<Record<string, Field>>) => ({
  fields: Object.fromEntries(
    Object.entries(fields).map(([name, [type, id, rule]]) => [name, { type, id, ...(rule && { rule }) }]),
  ),
});
const call = (requestType: string, responseType: string, responseStream = false) => ({
  requestType,
  responseType,
  responseStream,
});

/** KEDA's ExternalScaler service (externalscaler.proto): names, numbers and types of the wire. */
const DEFINITION = {
  nested: {
    externalscaler: {
      nested: {
        ExternalScaler: {
          methods: {
            IsActive: call('ScaledObjectRef', 'IsActiveResponse'),
            StreamIsActive: call('ScaledObjectRef', 'IsActiveResponse', true),
            GetMetricSpec: call('ScaledObjectRef', 'GetMetricSpecResponse'),
            GetMetrics: call('GetMetricsRequest', 'GetMetricsResponse'),
          },
        },
        ScaledObjectRef: {
          fields: {
            name: { type: 'string', id: 1 },
            namespace: { type: 'string', id: 2 },
            scalerMetadata: { keyType: 'string', type: 'string', id: 3 },
          },
        },
        IsActiveResponse: message({ result: ['bool', 1] }),
        GetMetricSpecResponse: message({ metricSpecs: ['MetricSpec', 1, 'repeated'] }),
        MetricSpec: message({ metricName: ['string', 1], targetSize: ['int64', 2], targetSizeFloat: ['double', 3] }),
        GetMetricsRequest: message({ scaledObjectRef: ['ScaledObjectRef', 1], metricName: ['string', 2] }),
        GetMetricsResponse: message({ metricValues: ['MetricValue', 1, 'repeated'] }),
        MetricValue: message({ metricName: ['string', 1], metricValue: ['int64', 2], metricValueFloat: ['double', 3] }),
      },
    },
  },
};

export type ScalerMethod = 'IsActive' | 'StreamIsActive' | 'GetMetricSpec' | 'GetMetrics';
export type ScalerService = Readonly<Record<ScalerMethod, MethodDefinition<object, object>>>;

/** The service for @grpc/grpc-js, which is loaded with it. Whole numbers of 64 bits come as text. */
export async function scalerService(): Promise<{
  readonly grpc: typeof import('@grpc/grpc-js');
  readonly service: ScalerService;
}> {
  const [grpc, { fromJSON }] = await Promise.all([import('@grpc/grpc-js'), import('@grpc/proto-loader')]);
  const loaded = fromJSON(DEFINITION as Parameters<typeof fromJSON>[0], {
    keepCase: true,
    longs: String,
    defaults: true,
  });
  return { grpc, service: loaded['externalscaler.ExternalScaler'] as unknown as ScalerService };
}
