import type { ErrorEntry } from '../entry.ts';

export type SimulateErrorId =
  | 'ML-SIM-LOAD'
  | 'ML-SIM-TRACE'
  | 'ML-SIM-SERVICE'
  | 'ML-SIM-EXPECT'
  | 'ML-SIM-SIZE'
  | 'ML-SIM-HPA'
  | 'ML-SIM-FILE'
  | 'ML-SIM-FLAGS';

/** What a simulation is made of. */
export const SIMULATE_ERRORS: Readonly<Record<SimulateErrorId, ErrorEntry>> = {
  'ML-SIM-LOAD': {
    exit: 'usage',
    fault: 'user',
    title: '"{text}" is not a load shape',
    why: 'at character {column}: {reason}',
    actions: [
      'write shapes such as 5/s, ramp(0→50/s, 10m), step(1→5→20/s, 5m), spike(1→50/s, 30s, 10m), sine(0→20/s, 10m) or poisson(5/s, 10m); join several with `;`',
    ],
    retryable: false,
  },
  'ML-SIM-TRACE': {
    exit: 'usage',
    fault: 'user',
    title: 'The trace {file} cannot be used',
    why: '{problems}',
    actions: [
      'give the file a header with the columns time (seconds or RFC 3339, rising) and value or rate (numbers, not negative)',
    ],
    retryable: false,
  },
  'ML-SIM-SERVICE': {
    exit: 'usage',
    fault: 'user',
    title: '"{text}" is not a service time',
    why: '{reason}',
    actions: ['write 1s, exp(1s), uniform(500ms, 2s) or lognormal(1s, 0.5)'],
    retryable: false,
  },
  'ML-SIM-EXPECT': {
    exit: 'usage',
    fault: 'user',
    title: '"{text}" is not an expectation',
    why: '{reason}',
    actions: [
      "write expectations such as 'p95(wait) < 30s', 'lost == 0', 'desired >= 5 within 60s' or 'max(desired) <= 10'",
    ],
    retryable: false,
  },
  'ML-SIM-SIZE': {
    exit: 'usage',
    fault: 'user',
    title: 'The simulation would be too large: {what}',
    why: 'at most {limit}',
    actions: ['simulate a shorter time or a smaller load'],
    retryable: false,
  },
  'ML-SIM-HPA': {
    exit: 'usage',
    fault: 'user',
    title: 'The file {file} holds no HorizontalPodAutoscaler that can be simulated',
    why: '{problems}',
    actions: ['correct the file; `kubectl explain hpa.spec` tells the fields'],
    retryable: false,
  },
  'ML-SIM-FILE': {
    exit: 'usage',
    fault: 'user',
    title: 'The file {path} cannot be read',
    why: '{reason}',
    actions: ['name a file that is there; - reads standard input'],
    retryable: false,
  },
  'ML-SIM-FLAGS': {
    exit: 'usage',
    fault: 'user',
    title: 'The simulation cannot be set up: {problem}',
    why: '{reason}',
    actions: ['see the flags with `metrics-lab simulate --help`'],
    retryable: false,
  },
};
