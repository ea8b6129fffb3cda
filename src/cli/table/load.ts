import { LabError } from '../../errors/lab-error.ts';
import { parseDuration } from '../values/duration.ts';
import { integer } from '../values/numbers.ts';
import { type CommandSpec, DOCUMENT_FORMATS } from './types.ts';

const MOST_RPS = 100_000;
const MOST_CONNECTIONS = 10_000;
const DAY_MS = 86_400_000;

/** Loads on a lab. */
export const LOAD_HTTP: CommandSpec = {
  path: ['load', 'http'],
  summary: "send HTTP requests to the lab's web target (`up --pipeline http`)",
  details: [
    'The load is made by autocannon: each connection has one request under way, so that a target which takes longer than connections / rps is asked less often than --rps says; the summary then tells it.',
    'Ctrl-C ends the load and prints what came of it so far. Answers with an error status are counted, they are no failure of this command; a target that takes no connections is (exit code 7).',
  ],
  flags: [
    {
      name: 'rps',
      value: 'number',
      help: 'requests per second, of all connections together',
      fallback: '50',
      parse: integer(1, MOST_RPS),
    },
    { name: 'for', value: 'duration', help: 'how long, in whole seconds', fallback: '2m', parse: parseSeconds },
    {
      name: 'connections',
      value: 'number',
      help: 'open at once; default rps / 5, at least 10, at most 1000',
      parse: integer(1, MOST_CONNECTIONS),
    },
  ],
  formats: DOCUMENT_FORMATS,
  config: true,
  examples: ['metrics-lab load http --rps 50 --for 2m', 'metrics-lab load http --rps 500 --for 30s --connections 200'],
};

/** Whole seconds, 1s to a day, as ms. Raises ML-USAGE-DURATION. */
function parseSeconds(text: string, name: string): number {
  const ms = parseDuration(text, name);
  if (ms >= 1_000 && ms <= DAY_MS && ms % 1_000 === 0) return ms;
  throw new LabError('ML-USAGE-DURATION', { name, value: text, reason: 'it is whole seconds from 1s to 24h' });
}
