import { oneOf, parseText } from '../values/names.ts';
import { type CommandSpec, DOCUMENT_FORMATS, RECORD_FORMATS } from './types.ts';

export const SHELLS: readonly string[] = ['bash', 'zsh', 'fish', 'powershell'];

/** Commands that need no lab. */
export const OFFLINE_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['explain', 'error'],
    summary: 'what an error ID means and what to do; without an ID, all of them',
    arguments: [{ name: 'id', help: 'for example ML-LOCK-HELD', required: false, dynamic: 'error-ids' }],
    formats: RECORD_FORMATS,
    config: false,
    examples: ['metrics-lab explain error ML-LOCK-HELD'],
  },
  {
    path: ['explain', 'field'],
    summary: 'what a field of an HPA does, its default and what to be careful of; without a path, all of them',
    arguments: [{ name: 'path', help: 'for example hpa.spec.behavior.scaleDown', required: false, parse: parseText }],
    formats: RECORD_FORMATS,
    config: false,
    examples: ['metrics-lab explain field hpa.spec.behavior.scaleDown.stabilizationWindowSeconds'],
  },
  {
    path: ['explain', 'metric'],
    summary: 'what a metric of the lab or of the HPA controller means, and the kinds of metrics; without a name, all',
    arguments: [{ name: 'name', help: 'for example queue_length, or External', required: false, parse: parseText }],
    formats: RECORD_FORMATS,
    config: false,
    examples: ['metrics-lab explain metric queue_length'],
  },
  {
    path: ['config', 'view'],
    summary: 'the settings after flags, environment, files and defaults are put together',
    flags: [
      { name: 'origin', help: 'say where each value comes from' },
      { name: 'set', value: 'path=value', help: 'as in up', repeat: true },
    ],
    formats: DOCUMENT_FORMATS,
    config: true,
    examples: ['metrics-lab config view', 'metrics-lab config view --origin'],
  },
  {
    path: ['config', 'path'],
    summary: 'where configuration and state lie on this machine',
    formats: RECORD_FORMATS,
    config: false,
  },
  {
    path: ['config', 'validate'],
    summary: 'check a lab file, or all that would be read; prints every problem at once',
    arguments: [{ name: 'file', help: 'a lab file; - reads stdin', required: false, parse: parseText }],
    formats: DOCUMENT_FORMATS,
    config: false,
    examples: ['metrics-lab config validate ./metrics-lab.yaml'],
  },
  {
    path: ['completion'],
    summary: 'print the completion script of a shell',
    details: [
      'For bash: source <(metrics-lab completion bash). The other shells likewise; see the head of the script.',
    ],
    arguments: [
      { name: 'shell', help: 'bash, zsh, fish or powershell', required: true, choices: SHELLS, parse: oneOf(SHELLS) },
    ],
    formats: ['text'],
    config: false,
  },
  {
    path: ['version'],
    summary: 'versions of metrics-lab and of what it runs on',
    formats: DOCUMENT_FORMATS,
    config: false,
  },
];
