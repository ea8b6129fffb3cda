import { parsePositiveDuration } from '../values/duration.ts';
import { parseHpaName } from '../values/hpa-name.ts';
import { parseText } from '../values/names.ts';
import { integer, parseCount, parseRate } from '../values/numbers.ts';
import { type CommandSpec, DOCUMENT_FORMATS, RECORD_FORMATS } from './types.ts';

/** Commands on a lab that exists. */
export const LAB_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['status'],
    summary: 'what exists, whether it is healthy, what to do next',
    flags: [
      { name: 'watch', short: 'w', help: 'print again whenever it changes' },
      { name: 'exit-code', help: 'exit with 4 when there is no lab, 7 when it is not healthy' },
    ],
    formats: RECORD_FORMATS,
    config: true,
    examples: ['metrics-lab status', 'metrics-lab status -o json'],
  },
  {
    path: ['publish'],
    summary: "put items into the lab's queue",
    arguments: [{ name: 'count', help: 'how many items, 1 to 1,000,000', required: true, parse: parseCount }],
    flags: [
      { name: 'rate', value: 'rate', help: 'spread over time, e.g. 5/s', parse: parseRate },
      { name: 'payload', value: 'text', help: 'text of every item; - reads stdin; without it the number of the item' },
    ],
    formats: DOCUMENT_FORMATS,
    config: true,
    examples: ['metrics-lab publish 40', 'metrics-lab publish 600 --rate 5/s'],
  },
  {
    path: ['watch', 'hpa'],
    summary: 'live view of an HPA; one line per change when stdout is not a terminal',
    arguments: [
      {
        name: 'name',
        help: 'the HPA, also as hpa/name; not needed when there is one',
        required: false,
        parse: parseHpaName,
      },
    ],
    flags: [
      { name: 'until', value: 'condition', help: "end with 0 when this holds, e.g. 'desired==5'", parse: parseText },
      { name: 'for', value: 'duration', help: 'watch no longer than this', parse: parsePositiveDuration },
      { name: 'once', help: 'print the present state once' },
    ],
    formats: ['text', 'json', 'ndjson'],
    config: true,
    examples: ['metrics-lab watch hpa', "metrics-lab watch hpa --until 'desired==5' --for 3m"],
  },
  {
    path: ['logs'],
    summary: 'logs of the lab itself or of one of its components',
    arguments: [
      { name: 'component', help: 'see status for the names', required: false, parse: parseText, dynamic: 'components' },
    ],
    flags: [
      { name: 'follow', short: 'f', help: 'go on printing what is added' },
      { name: 'tail', value: 'lines', help: 'only the last lines', parse: integer(0) },
    ],
    formats: ['text'],
    config: true,
    examples: ['metrics-lab logs', 'metrics-lab logs metrics-server -f --tail 20'],
  },
  {
    path: ['export', 'logs'],
    summary: 'collect all logs in a folder; prints only its path on stdout',
    arguments: [{ name: 'dir', help: 'made when it is missing', required: false, parse: parseText }],
    formats: DOCUMENT_FORMATS,
    config: true,
  },
  {
    path: ['teardown'],
    summary: 'remove what this lab owns, nothing else; fine when there is nothing',
    flags: [
      { name: 'all', help: 'every lab' },
      { name: 'force', help: 'also when the state of the lab is damaged' },
      { name: 'dry-run', help: 'print what would be removed' },
    ],
    formats: DOCUMENT_FORMATS,
    config: true,
    examples: ['metrics-lab teardown', 'metrics-lab teardown --all'],
  },
];
