import { z } from 'zod';
import type { MetricSource } from '../../contracts/metric-source.ts';
import { readQuantity } from '../../kube/quantity.ts';
import { type HttpAccess, HttpClient, httpAccessProblems, httpAccessShape } from '../http-access.ts';
import { PrometheusApi } from '../prometheus/api.ts';
import { querySource } from '../prometheus/query-source.ts';
import { sourceLabels, type SourcePorts, type SourceSchema } from './common.ts';

export interface PrometheusQueryConfig extends HttpAccess {
  readonly type: 'prometheus';
  readonly query: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly default?: string;
}

export const PrometheusSourceSchema: SourceSchema<PrometheusQueryConfig> = z
  .strictObject({
    type: z.literal('prometheus'),
    ...httpAccessShape,
    query: z.string().trim().min(1).max(20_000).describe('PromQL; each series of its value is a series of the metric'),
    labels: sourceLabels,
    // A key that is gone, say: it then needs no `or vector(0)`. A server that does not answer is an error all the same.
    default: z.coerce
      .string()
      .transform((text, context) => {
        const read = readQuantity(text);
        if ('quantity' in read) return read.quantity;
        context.addIssue({ code: 'custom', message: read.problem });
        return z.NEVER;
      })
      .exactOptional()
      .describe('the value while the expression finds no series'),
  })
  .superRefine((config, context) => {
    for (const message of httpAccessProblems(config)) context.addIssue({ code: 'custom', message });
  });

export function openPrometheus(config: PrometheusQueryConfig, { clock, readFile }: SourcePorts): MetricSource {
  const api = new PrometheusApi(new HttpClient(config, readFile));
  const { query, labels, default: fallback } = config;
  return querySource({ api, clock, query, labels, fallback, onClose: () => api.close() });
}
