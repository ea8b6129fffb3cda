import { parseDuration } from '../values/duration.ts';
import { parseHpaName } from '../values/hpa-name.ts';
import { oneOf, parseText } from '../values/names.ts';
import { type CommandSpec, RECORD_FORMATS } from './types.ts';

const SEVERITIES: readonly string[] = ['info', 'warning', 'error'];

/** `metrics-lab explain hpa`. */
export const EXPLAIN_HPA: CommandSpec = {
  path: ['explain', 'hpa'],
  summary: 'why this replica count: every step of the last sync, with the origin of each number',
  details: [
    'Reads the cluster of the lab or, with --context or --kubeconfig, any other; writes nothing. The last sync is computed again from what can be seen: earlier recommendations, scale events and flags are in the controller alone and are called unknown.',
    'With -A decision and chain are left out of HPAs with nothing wrong, and each kind of object is read with one list; the metrics of each HPA are asked for as the controller does.',
  ],
  arguments: [
    {
      name: 'name',
      help: 'the HPA, also as hpa/name; all of the namespace when left out',
      required: false,
      parse: parseHpaName,
    },
  ],
  flags: [
    {
      name: 'from',
      value: 'file',
      help: 'explain a recorded evidence bundle instead of a cluster; - reads stdin',
      parse: parseText,
    },
    {
      name: 'record',
      value: 'file',
      help: 'also keep the evidence in a file that --from explains later; secrets are masked',
      parse: parseText,
    },
    {
      name: 'for',
      value: 'duration',
      help: 'look for so long before explaining: some anomalies only show over time',
      parse: parseDuration,
    },
    {
      name: 'since',
      value: 'duration',
      help: 'also say what happened in this time: events, samples, decisions that an embedded cluster keeps',
      parse: parseDuration,
    },
    { name: 'watch', short: 'w', help: 'print each new decision as a sentence, until Ctrl-C or for the time of --for' },
    { name: 'all', short: 'A', help: 'scan the HPAs of all namespaces: a table, worst first' },
    {
      name: 'fail-on',
      value: 'severity',
      help: 'exit with 99 when a finding is as bad: info, warning or error',
      choices: SEVERITIES,
      parse: oneOf(SEVERITIES),
    },
  ],
  formats: [...RECORD_FORMATS, 'junit', 'sarif'],
  config: true,
  anyCluster: true,
  examples: [
    'metrics-lab explain hpa',
    'metrics-lab explain hpa web -n shop --context staging',
    'metrics-lab explain hpa web -n shop --for 2m --record bundle.json',
    'metrics-lab explain hpa web -n shop --watch',
    'metrics-lab explain hpa -A --context prod --fail-on error -o junit',
    'metrics-lab explain hpa --from bundle.json -o json',
  ],
};
