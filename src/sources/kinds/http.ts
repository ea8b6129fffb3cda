import { z } from 'zod';
import type { MetricSource } from '../../contracts/metric-source.ts';
import { type HttpAccess, HttpClient, httpAccessProblems, httpAccessShape } from '../http-access.ts';
import { httpSource } from '../http/http-source.ts';
import { type Location, parseLocation } from '../http/location.ts';
import { sourceLabels, type SourcePorts, type SourceSchema } from './common.ts';

export interface HttpSourceConfig extends HttpAccess {
  readonly type: 'http';
  readonly format: 'json' | 'text';
  readonly items?: Location;
  readonly value?: Location;
  readonly timestamp?: Location;
  readonly seriesLabels?: Readonly<Record<string, Location>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly maxBodyBytes: number;
}

const place = z
  .string()
  .max(1_000)
  .transform((text, context) => {
    const location = parseLocation(text);
    if (location !== undefined) return location;
    const message = 'a place is written as $.data[0].value, $["a.b"] or $.items[*]';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

export const HttpSourceSchema: SourceSchema<HttpSourceConfig> = z
  .strictObject({
    type: z.literal('http'),
    ...httpAccessShape,
    format: z.enum(['json', 'text']).default('json').describe('text: the whole body is one number'),
    items: place.exactOptional().describe('where the series stand, e.g. $.data[*]; default: the document is the one'),
    value: place.exactOptional().describe('where the number stands in an item; default: the item is the number'),
    timestamp: place
      .exactOptional()
      .describe('where an item says when it was true, as RFC 3339; default: when it was read'),
    seriesLabels: z
      .record(z.string().min(1).max(63), place)
      .exactOptional()
      .describe('label of the series: where its text stands in an item'),
    labels: sourceLabels,
    maxBodyBytes: z
      .int()
      .min(1)
      .max(32 * 1024 * 1024)
      .default(1024 * 1024)
      .describe('a longer answer is given up'),
  })
  .superRefine((config, context) => {
    for (const message of httpAccessProblems(config)) context.addIssue({ code: 'custom', message });
    if (
      config.format === 'text' &&
      (config.items ?? config.value ?? config.timestamp ?? config.seriesLabels) !== undefined
    )
      context.addIssue({
        code: 'custom',
        message: 'a text has no places: items, value, timestamp and seriesLabels are for json',
      });
  });

export function openHttp(config: HttpSourceConfig, { clock, readFile }: SourcePorts): MetricSource {
  const { format, labels, items = [], value = [], timestamp, seriesLabels = {}, maxBodyBytes } = config;
  const { pathname, search } = new URL(config.url);
  return httpSource({
    http: new HttpClient(config, readFile, maxBodyBytes),
    // The client's own URL has neither a last slash nor the query, which may hold a key.
    path: `${pathname.endsWith('/') ? '/' : ''}${search}`,
    places: format === 'text' ? undefined : { items, value, timestamp, labels: seriesLabels },
    labels,
    clock,
  });
}
