import { parseText } from '../values/names.ts';
import { type CommandSpec, RECORD_FORMATS } from './types.ts';

/** `metrics-lab explain hpa`. */
export const EXPLAIN_HPA: CommandSpec = {
  path: ['explain', 'hpa'],
  summary: 'why this replica count: every step of the last sync, with the origin of each number',
  details: [
    'Reads the cluster of the lab or, with --context or --kubeconfig, any other; writes nothing. The last sync is computed again from what can be seen: earlier recommendations, scale events and flags are in the controller alone and are called unknown.',
  ],
  arguments: [{ name: 'name', help: 'the HPA; all of the namespace when left out', required: false, parse: parseText }],
  flags: [
    {
      name: 'from',
      value: 'file',
      help: 'explain a recorded evidence bundle instead of a cluster; - reads stdin',
      parse: parseText,
    },
  ],
  formats: RECORD_FORMATS,
  config: true,
  anyCluster: true,
  examples: [
    'metrics-lab explain hpa',
    'metrics-lab explain hpa web -n shop --context staging',
    'metrics-lab explain hpa --from bundle.json -o json',
  ],
};
