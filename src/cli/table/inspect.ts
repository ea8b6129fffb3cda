import { parseHpaName } from '../values/hpa-name.ts';
import { oneOf } from '../values/names.ts';
import { type CommandSpec, RECORD_FORMATS } from './types.ts';

const APIS: readonly string[] = ['v1', 'v2', 'both'];

/** `metrics-lab inspect hpa`. */
export const INSPECT_HPA: CommandSpec = {
  path: ['inspect', 'hpa'],
  summary: 'everything that autoscaling/v2 says of an HPA, beside what the metrics APIs answer right now',
  details: [
    'Reads the cluster of the lab or, with --context or --kubeconfig, any other; writes nothing. Of each metric it shows the value at its source (for a queue of the lab), the answer of the metrics API to the question of the controller, and the value in the status.',
    'With --api v1 or both it says field by field how autoscaling/v1 shows the same object: what stands in annotations, what comes back in another order, what reads as 0/0.',
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
      name: 'api',
      value: 'version',
      help: 'what to show: the v2 object, how v1 shows it, or both',
      fallback: 'v2',
      choices: APIS,
      parse: oneOf(APIS),
    },
  ],
  formats: RECORD_FORMATS,
  config: true,
  anyCluster: true,
  examples: ['metrics-lab inspect hpa', 'metrics-lab inspect hpa web -n shop --context staging --api both'],
};
