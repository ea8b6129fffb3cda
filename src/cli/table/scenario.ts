import { parseText } from '../values/names.ts';
import { type ArgumentSpec, type CommandSpec, DOCUMENT_FORMATS, RECORD_FORMATS } from './types.ts';

const SCENARIO: ArgumentSpec = {
  name: 'scenario',
  help: 'a file, or a name of `scenario list`',
  required: true,
  parse: parseText,
};

/** `metrics-lab scenario ...`. */
export const SCENARIO_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['scenario', 'run'],
    summary: 'put the load of a scenario on the lab and judge what the HPA made of it',
    details: [
      'Items are published when the load says so, however slow the queue is. Results are written to the runs folder once a second, also when the run is interrupted.',
      'Exit code 99 when an expectation or a threshold is missed.',
    ],
    arguments: [SCENARIO],
    formats: ['text', 'wide', 'json', 'yaml', 'ndjson', 'csv'],
    config: true,
    examples: ['metrics-lab scenario run first-scale', 'metrics-lab scenario run ./burst.yaml -o json'],
  },
  {
    path: ['scenario', 'list'],
    summary: 'the scenarios that come with metrics-lab',
    formats: RECORD_FORMATS,
    config: false,
  },
  {
    path: ['scenario', 'show'],
    summary: 'print the file of a scenario',
    arguments: [SCENARIO],
    formats: DOCUMENT_FORMATS,
    config: false,
    examples: ['metrics-lab scenario show first-scale'],
  },
  {
    path: ['scenario', 'validate'],
    summary: 'check a scenario file; prints every problem at once',
    arguments: [SCENARIO],
    formats: DOCUMENT_FORMATS,
    config: false,
    examples: ['metrics-lab scenario validate ./burst.yaml'],
  },
];
