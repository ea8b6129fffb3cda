import { parseDuration, parsePositiveDuration } from '../values/duration.ts';
import { oneOf, parseQuantity, parseText } from '../values/names.ts';
import { integer, LIMITS, parseRate } from '../values/numbers.ts';
import type { CommandSpec } from './types.ts';

const ARCHES: readonly string[] = ['amd64', 'arm64'];
const MEASURES: readonly string[] = ['unfinished', 'waiting'];

/** `metrics-lab simulate`. */
export const SIMULATE: CommandSpec = {
  path: ['simulate'],
  summary: 'run the HPA algorithm over a load or a trace in virtual time, without a cluster',
  details: [
    'Shapes of --load: 5/s, constant(5/s, 10m), ramp(0→50/s, 10m), step(1→5→20/s, 5m), spike(1→50/s, 30s, 10m), sine(0→20/s, 10m), poisson(5/s); join several with `;`. -> does for →.',
    'A trace is CSV with the columns time (seconds or RFC 3339) and value (the metric itself) or rate (arrivals per second).',
    'Several HPAs, in one file or with several -f, each scale their own pods, which have their own queue with that load; expectations hold for each.',
    '--pods says with parts what single flags say: service (--service-time), start (--startup), ready (--ready-delay), drain (--grace), crash (--crash-rate), request (--cpu-request), busy (--cpu-busy).',
    "Expectations: 'p95(wait) < 30s', 'lost == 0', 'desired >= 5 within 60s', 'max(desired) <= 10', 'flaps == 0'. One that fails gives exit code 99.",
  ],
  flags: [
    {
      name: 'file',
      short: 'f',
      value: 'file',
      help: 'the HPA, as YAML or JSON; - reads stdin',
      repeat: true,
      parse: parseText,
    },
    { name: 'load', value: 'shape', help: 'arrivals in the simulated queue', parse: parseText },
    { name: 'trace', value: 'file', help: 'CSV of the metric or of the arrivals', parse: parseText },
    {
      name: 'scenario',
      value: 'file',
      help: 'load, seed and expectations of a scenario; a file or a name',
      parse: parseText,
    },
    {
      name: 'compare',
      value: 'file',
      help: 'run another HPA on the same load, side by side',
      repeat: true,
      parse: parseText,
    },
    { name: 'expect', value: 'expectation', help: 'what must be true of the run', repeat: true },
    {
      name: 'for',
      value: 'duration',
      help: 'simulated time',
      fallback: 'the load and 10m more',
      parse: parsePositiveDuration,
    },
    { name: 'seed', value: 'number', help: 'of everything that is random', fallback: '1', parse: integer(0) },
    {
      name: 'kubernetes-version',
      value: 'version',
      help: 'whose algorithm, 1.26 to 1.37',
      fallback: '1.36',
      parse: parseText,
    },
    {
      name: 'arch',
      value: 'arch',
      help: 'of the machine of the control plane',
      fallback: 'amd64',
      choices: ARCHES,
      parse: oneOf(ARCHES),
    },
    {
      name: 'sync-period',
      value: 'duration',
      help: 'between two decisions',
      fallback: '15s',
      parse: parsePositiveDuration,
    },
    { name: 'replicas', value: 'count', help: 'at the start', fallback: 'minReplicas', parse: integer(0, LIMITS.pods) },
    {
      name: 'pods',
      value: 'model',
      help: "pod model in one flag, such as 'service=exp(200ms),start=3s,ready=5s,drain=10s,crash=1/h'",
      parse: parseText,
    },
    {
      name: 'service-time',
      value: 'time',
      help: 'of one item: 1s, exp(1s), uniform(1s, 3s), lognormal(1s, 0.5)',
      fallback: '1s',
      parse: parseText,
    },
    { name: 'startup', value: 'duration', help: 'until a new pod takes items', fallback: '2s', parse: parseDuration },
    {
      name: 'ready-delay',
      value: 'duration',
      help: 'from then until it is ready',
      fallback: '0s',
      parse: parseDuration,
    },
    {
      name: 'grace',
      value: 'duration',
      help: 'that a deleted pod has to finish its item',
      fallback: '30s',
      parse: parseDuration,
    },
    { name: 'crash-rate', value: 'rate', help: 'crashes per pod, such as 1/h', parse: parseRate },
    { name: 'cpu-request', value: 'quantity', help: 'CPU request of a pod', fallback: '100m', parse: parseQuantity },
    {
      name: 'cpu-busy',
      value: 'quantity',
      help: 'CPU of a pod that works on an item',
      fallback: '100m',
      parse: parseQuantity,
    },
    {
      name: 'measure',
      value: 'what',
      help: 'of the queue: unfinished or waiting items',
      fallback: 'unfinished',
      choices: MEASURES,
      parse: oneOf(MEASURES),
    },
    {
      name: 'poll',
      value: 'duration',
      help: 'between two readings of the metric',
      fallback: '5s',
      parse: parsePositiveDuration,
    },
    {
      name: 'metric-delay',
      value: 'duration',
      help: 'from a reading until the HPA can see it',
      fallback: '0s',
      parse: parseDuration,
    },
    { name: 'max-age', value: 'duration', help: 'an older value is an error', parse: parsePositiveDuration },
    {
      name: 'metric-error',
      value: 'from-to',
      help: 'the metric cannot be read meanwhile, such as 5m-7m',
      repeat: true,
    },
    { name: 'all', help: 'list every sync, not only the changes' },
    { name: 'html', value: 'file', help: 'also write a report that opens from disk', parse: parseText },
  ],
  formats: ['text', 'wide', 'json', 'yaml', 'ndjson', 'csv'],
  config: false,
  examples: [
    "metrics-lab simulate -f hpa.yaml --load 'ramp(0→50/s, 10m)'",
    "metrics-lab simulate -f hpa.yaml --trace load.csv --expect 'p95(wait) < 30s' -o json",
  ],
};

/** -f of a search is one HPA. */
const ONLY_SIMULATE: readonly string[] = ['file', 'scenario', 'compare', 'all', 'html'];
const MOST_RUNS = 100_000;

/** `metrics-lab tune`: the flags of a simulation say what the HPA has to cope with. */
export const TUNE: CommandSpec = {
  path: ['tune'],
  summary: 'search target, min, max, scale-down window and scale-up policies that meet expectations at least cost',
  details: [
    'Runs the simulation many times, from the HPA of the file and from random points, and prints the configurations that no other one beats in replica-seconds and waiting time, and the cheapest one as a patch.',
    'Ends with 99 when nothing that was tried meets every --expect.',
  ],
  flags: [
    { name: 'file', short: 'f', value: 'file', help: 'the HPA, as YAML or JSON; - reads stdin', parse: parseText },
    ...(SIMULATE.flags ?? []).filter(({ name }) => !ONLY_SIMULATE.includes(name)),
    {
      name: 'budget',
      value: 'runs',
      help: 'how many configurations are tried at most',
      fallback: '300',
      parse: integer(1, MOST_RUNS),
    },
  ],
  formats: ['text', 'wide', 'json', 'yaml', 'ndjson'],
  config: false,
  examples: [
    "metrics-lab tune -f hpa.yaml --load 'spike(1→50/s, 30s, 10m)' --expect 'p95(wait) < 30s' --expect 'flaps == 0'",
  ],
};
