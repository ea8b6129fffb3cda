import { z } from 'zod';
import type { MetricSource } from '../../contracts/metric-source.ts';
import { countQuantity } from '../count-quantity.ts';
import { cronProblem, type CronWindow, inWindow, isTimeZone } from '../cron/window.ts';
import { sourceLabels, type SourcePorts, type SourceSchema } from './common.ts';

/** A number of replicas by the clock, with the settings and the meaning of KEDA's cron scaler. */
export interface CronConfig extends CronWindow {
  readonly type: 'cron';
  /** The value within the window. */
  readonly desiredReplicas: number;
  /** The value outside of it. */
  readonly default: number;
  readonly labels: Readonly<Record<string, string>>;
}

const Expression = z.string().superRefine((text, context) => {
  const message = cronProblem(text);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});
const replicas = z.int().min(0).max(2_147_483_647);

export const CronSourceSchema: SourceSchema<CronConfig> = z
  .strictObject({
    type: z.literal('cron'),
    start: Expression.describe('minute, hour, day of the month, month, day of the week, e.g. 0 8 * * 1-5'),
    end: Expression,
    timezone: z.string().refine(isTimeZone, 'a time zone is named as in Europe/Berlin'),
    desiredReplicas: replicas.describe('the value from start to end'),
    default: replicas.default(1).describe('the value outside; an HPA with minReplicas 0 goes to zero with 0'),
    labels: sourceLabels,
  })
  .refine(({ start, end }) => start !== end, { message: 'start and end are the same', path: ['end'] });

export function openCron(config: CronConfig, { clock }: SourcePorts): MetricSource {
  const { labels, desiredReplicas, default: outside } = config;
  return {
    name: `cron:${config.start}/${config.end}/${config.timezone}`,
    read: async () => {
      const timestampMs = clock.now();
      const value = countQuantity(inWindow(config, timestampMs) ? desiredReplicas : outside);
      return [{ labels, value, timestampMs }];
    },
    close: async () => {},
  };
}
