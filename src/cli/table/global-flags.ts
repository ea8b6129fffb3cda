import { parseDuration } from '../values/duration.ts';
import { oneOf, parseLabel, parseLabName, parseText } from '../values/names.ts';
import type { FlagSpec, OutputFormat } from './types.ts';

export const OUTPUT_FORMATS: readonly OutputFormat[] = [
  'text',
  'wide',
  'json',
  'yaml',
  'ndjson',
  'csv',
  'junit',
  'sarif',
  'name',
];
const COLORS: readonly string[] = ['auto', 'always', 'never'];

/** Flags of every command, before or after its name (UX 2.2). */
export const GLOBAL_FLAGS: readonly FlagSpec[] = [
  {
    name: 'lab',
    setting: 'lab',
    value: 'name',
    help: 'the lab to work on',
    fallback: 'lab',
    env: 'METRICS_LAB_NAME',
    parse: parseLabName,
    dynamic: 'labs',
  },
  {
    name: 'namespace',
    setting: 'namespace',
    short: 'n',
    value: 'name',
    help: 'the namespace of the workload',
    fallback: 'metrics-lab',
    env: 'METRICS_LAB_NAMESPACE',
    parse: parseLabel,
  },
  {
    name: 'context',
    value: 'name',
    help: 'context of the kubeconfig (backend context, and commands that read any cluster)',
    parse: parseText,
  },
  {
    name: 'kubeconfig',
    value: 'file',
    help: 'kubeconfig (backend context, and commands that read any cluster)',
    parse: parseText,
  },
  {
    name: 'output',
    short: 'o',
    value: 'format',
    help: 'form of the result on stdout',
    fallback: 'text',
    choices: OUTPUT_FORMATS,
    parse: oneOf(OUTPUT_FORMATS),
  },
  { name: 'quiet', short: 'q', help: 'print the result and errors only' },
  { name: 'verbose', short: 'v', help: 'say more; -vv adds stack traces', repeat: true },
  {
    name: 'color',
    value: 'when',
    help: 'colour: auto, always or never',
    fallback: 'auto',
    choices: COLORS,
    parse: oneOf(COLORS),
  },
  { name: 'no-color', help: 'same as --color never' },
  { name: 'no-input', help: 'never ask a question' },
  {
    name: 'timeout',
    value: 'duration',
    help: 'give up waiting after this time',
    env: 'METRICS_LAB_TIMEOUT',
    parse: parseDuration,
  },
  {
    name: 'config',
    value: 'file',
    help: 'lab file to use instead of the nearest metrics-lab.yaml; - reads stdin',
    env: 'METRICS_LAB_CONFIG',
    parse: parseText,
  },
];
