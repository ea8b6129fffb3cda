import type { ErrorEntry } from '../entry.ts';

export type UsageErrorId =
  | 'ML-INTERNAL'
  | 'ML-INTERRUPTED'
  | 'ML-OUTPUT-IO'
  | 'ML-TERMINATED'
  | 'ML-USAGE'
  | 'ML-USAGE-ARGUMENT'
  | 'ML-USAGE-BACKEND-FLAG'
  | 'ML-USAGE-COMMAND'
  | 'ML-USAGE-CONFIG'
  | 'ML-USAGE-CONFIG-FILE'
  | 'ML-USAGE-COUNT'
  | 'ML-USAGE-DURATION'
  | 'ML-USAGE-ERROR-ID'
  | 'ML-USAGE-FLAG'
  | 'ML-USAGE-LAB-NAME'
  | 'ML-USAGE-OUTPUT'
  | 'ML-USAGE-PIPELINE-FLAG'
  | 'ML-USAGE-RATE'
  | 'ML-USAGE-SECRET'
  | 'ML-USAGE-SET'
  | 'ML-USAGE-TOPIC'
  | 'ML-USAGE-VALUE';

/** What the user typed, and our own bugs. */
export const USAGE_ERRORS: Readonly<Record<UsageErrorId, ErrorEntry>> = {
  'ML-INTERNAL': {
    exit: 'internal',
    fault: 'lab',
    title: 'This is a bug in metrics-lab: {text}',
    why: 'the program met a state that it does not know',
    actions: ['run the command again with -vv and report what it prints'],
    retryable: false,
  },
  'ML-INTERRUPTED': {
    exit: 'sigint',
    fault: 'user',
    title: 'Stopped by Ctrl-C',
    why: 'what was done until then stays; nothing was rolled back',
    actions: ['run the same command again to go on'],
    retryable: true,
  },
  'ML-OUTPUT-IO': {
    exit: 'precondition',
    fault: 'environment',
    title: 'The result could not be written to standard output',
    why: '{reason}',
    actions: ['look at the file or device that the output goes to, then run the command again'],
    retryable: true,
  },
  'ML-TERMINATED': {
    exit: 'sigterm',
    fault: 'environment',
    title: 'Stopped by SIGTERM',
    why: 'what was done until then stays; nothing was rolled back',
    actions: ['run the same command again to go on'],
    retryable: true,
  },
  'ML-USAGE': {
    exit: 'usage',
    fault: 'user',
    title: '{problem}',
    why: 'the command line could not be understood',
    actions: ['see `metrics-lab --help`'],
    retryable: false,
  },
  'ML-USAGE-ARGUMENT': {
    exit: 'usage',
    fault: 'user',
    title: '{problem}',
    why: 'the command is used like this: {usage}',
    actions: ['see `metrics-lab {help}`'],
    retryable: false,
  },
  'ML-USAGE-BACKEND-FLAG': {
    exit: 'usage',
    fault: 'user',
    title: 'The flag {flag} means nothing to the backend "{backend}"',
    why: 'a flag that has no effect would hide a mistake; backends that use it: {backends}',
    actions: ['leave the flag out, or choose another backend with --backend'],
    retryable: false,
    related: ['kubernetes-sigs/kwok#548'],
  },
  'ML-USAGE-COMMAND': {
    exit: 'usage',
    fault: 'user',
    title: 'Unknown command "{command}"',
    why: 'the nearest ones are: {nearest}',
    actions: ['see all commands with `metrics-lab {help}`'],
    retryable: false,
  },
  'ML-USAGE-CONFIG': {
    exit: 'usage',
    fault: 'user',
    title: 'The configuration has {count} problem(s)',
    why: '{problems}',
    actions: ['correct the files and variables named above, then look at the outcome with `metrics-lab config view`'],
    retryable: false,
  },
  'ML-USAGE-CONFIG-FILE': {
    exit: 'usage',
    fault: 'user',
    title: 'The lab file {path} cannot be read',
    why: '{reason}',
    actions: ['name another file with --config, or see with `metrics-lab config path` where files are looked for'],
    retryable: false,
  },
  'ML-USAGE-COUNT': {
    exit: 'usage',
    fault: 'user',
    title: 'The count must be a whole number from {min} to {max}, got "{value}"',
    why: '{reason}',
    actions: ['write it in plain digits, for example `metrics-lab publish 40`'],
    retryable: false,
  },
  'ML-USAGE-DURATION': {
    exit: 'usage',
    fault: 'user',
    title: '{name} must be a duration with a unit, got "{value}"',
    why: '{reason}',
    actions: ['write it like 500ms, 15s, 1m30s or 2h'],
    retryable: false,
  },
  'ML-USAGE-ERROR-ID': {
    exit: 'usage',
    fault: 'user',
    title: 'There is no error with the ID "{id}"',
    why: 'the nearest ones are: {nearest}',
    actions: ['list all of them with `metrics-lab explain error`'],
    retryable: false,
  },
  'ML-USAGE-FLAG': {
    exit: 'usage',
    fault: 'user',
    title: 'Unknown flag "{flag}"',
    why: 'the nearest ones are: {nearest}',
    actions: ['see `metrics-lab {help}`'],
    retryable: false,
  },
  'ML-USAGE-LAB-NAME': {
    exit: 'usage',
    fault: 'user',
    title: '{name} cannot be "{value}"',
    why: '{reason}',
    actions: [
      'use at most {max} lower-case letters, digits and "-", starting and ending with a letter or digit, for example `metrics-lab up --lab my-lab`',
    ],
    retryable: false,
    related: ['kubernetes-sigs/kind#1437'],
  },
  'ML-USAGE-OUTPUT': {
    exit: 'usage',
    fault: 'user',
    title: '"{command}" cannot print its result as "{format}"',
    why: 'its formats are: {formats}',
    actions: ['choose one of these with -o'],
    retryable: false,
  },
  'ML-USAGE-PIPELINE-FLAG': {
    exit: 'usage',
    fault: 'user',
    title: 'The flag {flag} means nothing to the pipeline "{pipeline}"',
    why: 'a flag that has no effect would hide a mistake; pipelines that use it: {pipelines}',
    actions: ['leave the flag out, or choose another pipeline with --pipeline'],
    retryable: false,
    related: ['kubernetes-sigs/kwok#548'],
  },
  'ML-USAGE-RATE': {
    exit: 'usage',
    fault: 'user',
    title: '{name} must be a rate, got "{value}"',
    why: '{reason}',
    actions: ['write it like 5/s, 30/m or 100/h'],
    retryable: false,
  },
  'ML-USAGE-SECRET': {
    exit: 'usage',
    fault: 'user',
    title: 'A password cannot be given with {flag}',
    why: 'everybody on this machine can read command lines, and the shell keeps them in its history',
    actions: ['put the value in the variable {env}, or in a lab file that only you can read'],
    retryable: false,
  },
  'ML-USAGE-SET': {
    exit: 'usage',
    fault: 'user',
    title: '--set cannot be used with "{text}"',
    why: '{reason}',
    actions: [
      'write it as path=value, for example --set hpa.max=5',
      'list the paths with `metrics-lab config view --origin`',
    ],
    retryable: false,
  },
  'ML-USAGE-TOPIC': {
    exit: 'usage',
    fault: 'user',
    title: 'There is no explanation of a {word} "{name}"',
    why: 'the nearest ones are: {nearest}',
    actions: ['list all of them with `metrics-lab explain field` or `metrics-lab explain metric`'],
    retryable: false,
  },
  'ML-USAGE-VALUE': {
    exit: 'usage',
    fault: 'user',
    title: '{name} cannot be "{value}"',
    why: 'expected {expected}',
    actions: ['correct the value, then run the command again'],
    retryable: false,
  },
};
