import type { ErrorEntry } from '../entry.ts';

export type StateErrorId =
  | 'ML-STATE-NO-HOME'
  | 'ML-STATE-IO'
  | 'ML-STATE-DISK-FULL'
  | 'ML-STATE-CORRUPT'
  | 'ML-LOCK-HELD'
  | 'ML-LAB-NOT-FOUND'
  | 'ML-LAB-CHANGED'
  | 'ML-LEFTOVER'
  | 'ML-PROC-SPAWN'
  | 'ML-LAB-NOT-READY'
  | 'ML-LAB-NO-QUEUE'
  | 'ML-LAB-PIPELINE'
  | 'ML-LAB-NO-METRICS'
  | 'ML-LAB-NO-PROMETHEUS'
  | 'ML-LAB-PORT-BUSY'
  | 'ML-LOGS-COMPONENT'
  | 'ML-COMPONENT-UNHEALTHY';

/** The lab's folder, its lock, its journal, its processes. */
export const STATE_ERRORS: Readonly<Record<StateErrorId, ErrorEntry>> = {
  'ML-STATE-NO-HOME': {
    exit: 'precondition',
    fault: 'environment',
    title: 'There is no place for the files of metrics-lab',
    why: '{reason}',
    actions: ['set HOME, or name one folder for everything with METRICS_LAB_HOME=/some/folder'],
    retryable: false,
  },
  'ML-STATE-IO': {
    exit: 'precondition',
    fault: 'environment',
    title: 'The file {path} could not be {verb}',
    why: '{reason}',
    actions: ['make the folder readable and writable for you, or choose another one with METRICS_LAB_HOME'],
    retryable: true,
  },
  'ML-STATE-DISK-FULL': {
    exit: 'precondition',
    fault: 'environment',
    title: 'The disk of {path} is nearly full: {free} MB are left',
    why: 'a lab keeps its state, its logs and its queue there, and wants {least} MB to begin with',
    actions: ['free some space, or choose a folder on another disk with METRICS_LAB_HOME'],
    retryable: true,
  },
  'ML-STATE-CORRUPT': {
    exit: 'precondition',
    fault: 'environment',
    title: 'The state of lab "{lab}" is damaged: {path} cannot be read as what it should be',
    why: '{reason}',
    actions: [
      'remove the lab with `metrics-lab teardown --lab {lab} --force`, then make it again with `metrics-lab up --lab {lab}`',
    ],
    retryable: false,
  },
  'ML-LOCK-HELD': {
    exit: 'conflict',
    fault: 'user',
    title: 'Another command is working on lab "{lab}"',
    why: 'process {pid} on {host} holds the lock since {since}: {command}',
    actions: ['wait until it has ended, or end it, then run the command again'],
    retryable: true,
  },
  'ML-LAB-NOT-FOUND': {
    exit: 'not-found',
    fault: 'user',
    title: 'There is no lab named "{lab}"',
    why: 'labs here: {labs}',
    actions: ['make it with `metrics-lab up --lab {lab}`'],
    retryable: false,
  },
  'ML-LAB-CHANGED': {
    exit: 'conflict',
    fault: 'user',
    title: 'Lab "{lab}" exists with another configuration',
    why: 'these fields need a new cluster: {fields}',
    actions: ['make it anew (everything in it is lost) with `metrics-lab up --lab {lab} --recreate`'],
    retryable: false,
  },
  'ML-LEFTOVER': {
    exit: 'leftover',
    fault: 'environment',
    title: 'Lab "{lab}" could not be removed completely',
    why: 'left over: {items}',
    actions: ['run `metrics-lab teardown --lab {lab}` again'],
    retryable: true,
  },
  'ML-PROC-SPAWN': {
    exit: 'precondition',
    fault: 'environment',
    title: 'The program {command} could not be started',
    why: '{reason}',
    actions: ['check that the file exists and may be executed'],
    retryable: false,
  },
  'ML-COMPONENT-UNHEALTHY': {
    exit: 'timeout',
    fault: 'lab',
    title: '{component} did not become healthy within {seconds} s',
    why: '{reason}',
    actions: [
      'read its log with `metrics-lab logs {component} --lab {lab}`',
      'resume with `metrics-lab up --lab {lab}`, or remove the lab with `metrics-lab teardown --lab {lab}`',
    ],
    retryable: true,
  },
  'ML-LAB-NOT-READY': {
    exit: 'timeout',
    fault: 'environment',
    title: 'Lab "{lab}" was not ready within {seconds} s',
    why: '{reason}',
    actions: [
      'see what is wrong with `metrics-lab status --lab {lab}`',
      'go on waiting with `metrics-lab up --lab {lab}`, or remove the lab with `metrics-lab teardown --lab {lab}`',
    ],
    retryable: true,
    related: ['kubernetes-sigs/kind#2654'],
  },
  'ML-LAB-NO-QUEUE': {
    exit: 'precondition',
    fault: 'user',
    title: 'Lab "{lab}" has no queue yet',
    why: '`up` was interrupted before the queue was made',
    actions: ['go on with `metrics-lab up --lab {lab}`'],
    retryable: false,
  },
  'ML-LAB-NO-PROMETHEUS': {
    exit: 'precondition',
    fault: 'environment',
    title: 'There is no prometheus on this machine',
    why: 'The pipeline "prometheus" runs the real Prometheus; no program of that name is on the PATH ({path})',
    actions: [
      'install it (Debian, Ubuntu: apt-get install prometheus; else its release from prometheus.io) and run `metrics-lab up --pipeline prometheus` again',
      'go without it: `metrics-lab up`',
    ],
    retryable: false,
  },
  'ML-LAB-PIPELINE': {
    exit: 'precondition',
    fault: 'user',
    title: 'Lab "{lab}" has no queue: its pipeline is "{pipeline}"',
    why: 'Only the pipelines "queue" and "prometheus" have a queue with items in it',
    actions: [
      'see what there is with `metrics-lab status --lab {lab}`',
      'make a lab with a queue: `metrics-lab up --lab other`',
    ],
    retryable: false,
  },
  'ML-LAB-NO-METRICS': {
    exit: 'precondition',
    fault: 'user',
    title: 'Lab "{lab}" has no metrics server that can be asked',
    why: 'It is a bare cluster, `up` was interrupted before the metrics server was made, or it does not run on this machine',
    actions: ['see what there is with `metrics-lab status --lab {lab}`', 'go on with `metrics-lab up --lab {lab}`'],
    retryable: false,
  },
  'ML-LAB-PORT-BUSY': {
    exit: 'precondition',
    fault: 'environment',
    title: 'Port {port} of 127.0.0.1, asked for {what}, is in use',
    why: 'another program listens on it',
    actions: ['end that program, or choose another port (0 = a free one)'],
    retryable: true,
  },
  'ML-LOGS-COMPONENT': {
    exit: 'not-found',
    fault: 'user',
    title: 'Lab "{lab}" has no log of "{component}"',
    why: 'its logs: {names}',
    actions: ['see the components with `metrics-lab status --lab {lab}`'],
    retryable: false,
  },
};
