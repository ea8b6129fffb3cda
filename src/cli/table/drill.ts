import { integer } from '../values/numbers.ts';
import { parseText } from '../values/names.ts';
import { type CommandSpec, RECORD_FORMATS } from './types.ts';

/** `metrics-lab drill …`. */
export const DRILL_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['drill', 'list'],
    summary: 'the anomalies that a lab can make happen, and the healthy look-alikes',
    formats: RECORD_FORMATS,
    config: false,
  },
  {
    path: ['drill', 'run'],
    summary: 'make an anomaly happen in the lab, wait until explain names it, try what it advises, clean up',
    details: [
      'Needs a lab made with `metrics-lab up --pipeline test --min 0`; a short --sync-period makes it quick. Each drill works in a namespace of its own and removes it.',
      'Ends with 99 when a finding is missing, comes with false companions, or stays after what it advises was done.',
    ],
    arguments: [{ name: 'id', help: 'see drill list', required: false, parse: parseText }],
    flags: [
      { name: 'all', help: 'every drill' },
      { name: 'parallel', value: 'drills', help: 'how many at a time', fallback: '4', parse: integer(1) },
    ],
    formats: RECORD_FORMATS,
    config: true,
    examples: ['metrics-lab drill run scalingdisabled-at-zero', 'metrics-lab drill run --all'],
  },
];
