import { parsePositiveDuration } from '../values/duration.ts';
import { parseText } from '../values/names.ts';
import { integer } from '../values/numbers.ts';
import { type ArgumentSpec, type CommandSpec, DOCUMENT_FORMATS, type FlagSpec, RECORD_FORMATS } from './types.ts';

const NAME: ArgumentSpec = {
  name: 'name',
  help: 'an external metric, or resource/object/metric such as services/web/rps',
  required: true,
  parse: parseText,
};
const FOR: FlagSpec = {
  name: 'for',
  value: 'duration',
  help: 'ends by itself after this time',
  parse: parsePositiveDuration,
};

/** `metrics-lab metric ...`: the metrics server of a lab. */
export const METRIC_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['metric', 'list'],
    summary: 'every metric with its source, value, age and trouble',
    formats: RECORD_FORMATS,
    config: true,
    examples: ['metrics-lab metric list', 'metrics-lab metric list -o json'],
  },
  {
    path: ['metric', 'get'],
    summary: 'the value of a metric, asked as the HPA controller asks',
    arguments: [NAME],
    flags: [
      { name: 'selector', short: 'l', value: 'selector', help: 'only series with these labels', parse: parseText },
    ],
    formats: RECORD_FORMATS,
    config: true,
    examples: [
      'metrics-lab metric get queue_length -l queue=jobs',
      'metrics-lab metric get services/sample-app/test-metric',
    ],
  },
  {
    path: ['metric', 'set'],
    summary: 'write a value; of a metric that a source feeds: put it in the place of every value',
    details: [
      'A value in the place of a source’s lasts until --for is over, `metric fault NAME --off`, or the metrics server starts again.',
    ],
    arguments: [NAME, { name: 'value', help: 'a quantity such as 40 or 300m', required: true, parse: parseText }],
    flags: [
      { name: 'labels', value: 'labels', help: 'labels of the written value, e.g. foo=bar,a=b', parse: parseText },
      FOR,
    ],
    formats: DOCUMENT_FORMATS,
    config: true,
    examples: [
      'metrics-lab metric set services/sample-app/test-metric 900m',
      'metrics-lab metric set queue_length 40 --for 2m',
    ],
  },
  {
    path: ['metric', 'fault'],
    summary: 'make a metric misbehave, as sources and adapters do in production',
    details: [
      'status, empty, stale and text exclude each other; delay and flap go with each of them. flap alone is 503 and well in turns.',
      'A new fault takes the place of the one before. Faults end when the metrics server starts again.',
    ],
    arguments: [{ ...NAME, help: 'name of the metric, of every namespace and object' }],
    flags: [
      { name: 'delay', value: 'duration', help: 'hold the answer back', parse: parsePositiveDuration },
      { name: 'status', value: 'code', help: 'answer with this HTTP status', parse: integer(400, 599) },
      { name: 'empty', help: 'answer without any series' },
      {
        name: 'stale',
        value: 'duration',
        help: 'answer with times that lie so far back',
        parse: parsePositiveDuration,
      },
      { name: 'text', value: 'text', help: 'answer with this in the place of every value, e.g. NaN', parse: parseText },
      { name: 'flap', value: 'duration', help: 'faulty for so long, well for so long', parse: parsePositiveDuration },
      FOR,
      { name: 'off', help: 'be well again' },
    ],
    formats: DOCUMENT_FORMATS,
    config: true,
    examples: [
      'metrics-lab metric fault queue_length --status 503 --for 1m',
      'metrics-lab metric fault queue_length --off',
    ],
  },
  {
    path: ['metric', 'queries'],
    summary: 'who asked what and got which answer: value of the source → answer → HPA',
    arguments: [{ ...NAME, help: 'only this metric', required: false }],
    flags: [
      { name: 'tail', value: 'lines', help: 'only the last questions', fallback: '20', parse: integer(1, 1000) },
      { name: 'follow', short: 'f', help: 'go on printing what is asked' },
    ],
    formats: ['text', 'wide', 'json', 'yaml', 'ndjson'],
    config: true,
    examples: ['metrics-lab metric queries', 'metrics-lab metric queries queue_length -f'],
  },
];
