import type { ErrorEntry } from '../entry.ts';

export type QueueErrorId =
  | 'ML-QUEUE-URL'
  | 'ML-QUEUE-NAME'
  | 'ML-QUEUE-COUNT'
  | 'ML-QUEUE-UNREACHABLE'
  | 'ML-QUEUE-AUTH'
  | 'ML-QUEUE-REFUSED'
  | 'ML-QUEUE-PROTOCOL'
  | 'ML-QUEUE-PUBLISH'
  | 'ML-QUEUE-LOG-CORRUPT'
  | 'ML-QUEUE-NO-REDIS'
  | 'ML-QUEUE-NO-BEANSTALKD'
  | 'ML-QUEUE-NO-LEDGER'
  | 'ML-WORKLOAD-ENV'
  | 'ML-SOURCE-CONFIG'
  | 'ML-SOURCE-READ'
  | 'ML-SOURCE-HTTP'
  | 'ML-SOURCE-ANSWER'
  | 'ML-SOURCE-PROMETHEUS'
  | 'ML-SOURCE-GRPC';

/** Queues, the workload on them, and the sources that measure them. */
export const QUEUE_ERRORS: Readonly<Record<QueueErrorId, ErrorEntry>> = {
  'ML-QUEUE-URL': {
    exit: 'usage',
    fault: 'user',
    title: 'The queue URL {url} cannot be used',
    why: '{reason}',
    actions: ['write it as redis://[:password@]host:port[/db], rediss://... or beanstalkd://host:port'],
    retryable: false,
  },
  'ML-QUEUE-NAME': {
    exit: 'usage',
    fault: 'user',
    title: '"{name}" is not a queue name',
    why: 'a queue name has 1 to 100 characters out of A-Z, a-z, 0-9, ".", "_" and "-", and does not start with "-"',
    actions: ['choose another name'],
    retryable: false,
  },
  'ML-QUEUE-COUNT': {
    exit: 'usage',
    fault: 'user',
    title: '"{text}" is not a number of items',
    why: 'it must be a whole number from 1 to {max}, written in digits',
    actions: ['give another number, e.g. `metrics-lab publish 10`'],
    retryable: false,
  },
  'ML-QUEUE-UNREACHABLE': {
    exit: 'precondition',
    fault: 'environment',
    title: 'The queue at {url} does not answer',
    why: '{reason}',
    actions: [
      "see whether the lab's queue runs with `metrics-lab status`",
      'for a queue of your own: check that the server runs and that the URL is right',
    ],
    retryable: true,
  },
  'ML-QUEUE-AUTH': {
    exit: 'precondition',
    fault: 'user',
    title: 'The queue at {url} refused the login',
    why: '{reason}',
    actions: ['check the user name and the password in the URL'],
    retryable: false,
  },
  'ML-QUEUE-REFUSED': {
    exit: 'precondition',
    fault: 'environment',
    title: 'The queue at {url} refused {command}',
    why: '{reason}',
    actions: ['check that the queue name is not used for something else and that the login has the rights it needs'],
    retryable: false,
  },
  'ML-QUEUE-PROTOCOL': {
    exit: 'precondition',
    fault: 'environment',
    title: 'The server at {url} gave an answer that makes no sense for {protocol}',
    why: '{reason}',
    actions: ['check that host and port belong to a {protocol} server'],
    retryable: false,
  },
  'ML-QUEUE-PUBLISH': {
    exit: 'precondition',
    fault: 'environment',
    title: 'Only {done} of {count} items were published',
    why: '{reason}',
    actions: ['see what runs with `metrics-lab status`', 'publish the rest with `metrics-lab publish {rest}`'],
    retryable: false,
  },
  'ML-QUEUE-LOG-CORRUPT': {
    exit: 'precondition',
    fault: 'environment',
    title: 'The log of the embedded queue server, {path}, is damaged at byte {offset}',
    why: '{reason}; a write that was torn off at the end would have been cut away, this is in the middle',
    actions: [
      'keep a copy of the file if the items matter',
      'remove the lab with `metrics-lab teardown`, then make it again with `metrics-lab up`',
    ],
    retryable: false,
  },
  'ML-QUEUE-NO-REDIS': {
    exit: 'precondition',
    fault: 'environment',
    title: 'redis-server is not on this machine',
    why: 'the lab starts its own Redis, and no redis-server is on PATH ({path})',
    actions: ['install it (Debian, Ubuntu: apt install redis-server)', 'or name a Redis of your own with --queue-url'],
    retryable: false,
  },
  'ML-QUEUE-NO-BEANSTALKD': {
    exit: 'precondition',
    fault: 'environment',
    title: 'beanstalkd is not on this machine',
    why: 'the lab starts its own beanstalkd, and no beanstalkd is on PATH ({path})',
    actions: ['install it (Debian, Ubuntu: apt install beanstalkd)', 'or name one of your own with --queue-url'],
    retryable: false,
  },
  'ML-QUEUE-NO-LEDGER': {
    exit: 'usage',
    fault: 'user',
    title: 'The beanstalkd queue {name} has no ledger file',
    why: 'beanstalkd forgets finished jobs, so publishers and consumers write down in a shared file what they did',
    actions: ['name one file for all of them in LEDGER_FILE'],
    retryable: false,
  },
  'ML-WORKLOAD-ENV': {
    exit: 'usage',
    fault: 'user',
    title: 'The environment variable {name} cannot be used',
    why: '{reason}',
    actions: ['correct it where the program is set up (the env list of its Deployment)'],
    retryable: false,
  },
  'ML-SOURCE-CONFIG': {
    exit: 'usage',
    fault: 'user',
    title: 'The configuration of a metric source cannot be used: {problems}',
    why: 'each source needs a type, the address of its server and what to read there',
    actions: ['correct the file'],
    retryable: false,
  },
  'ML-SOURCE-READ': {
    exit: 'precondition',
    fault: 'environment',
    title: '{source}: {cause}',
    why: 'the source was asked and gave no value',
    actions: ['check the server that the source reads'],
    retryable: true,
  },
  'ML-SOURCE-HTTP': {
    exit: 'precondition',
    fault: 'environment',
    title: '{url} gives no answer: {reason}',
    why: 'the server of a metric source was asked over HTTP',
    actions: ['check that the server runs and that its address, certificates and credentials are right'],
    retryable: true,
  },
  'ML-SOURCE-ANSWER': {
    exit: 'precondition',
    fault: 'environment',
    title: 'The answer of {url} holds no value: {reason}',
    why: 'the server of a metric source answered, but not with what its configuration says',
    actions: ['compare the answer with `format`, `items` and `value` of the source'],
    retryable: true,
  },
  'ML-SOURCE-PROMETHEUS': {
    exit: 'precondition',
    fault: 'environment',
    title: 'The Prometheus at {url} says: {reason}',
    why: 'it answered a question of the metrics server with an error',
    actions: ['try the expression in Prometheus itself'],
    retryable: true,
  },
  'ML-SOURCE-GRPC': {
    exit: 'precondition',
    fault: 'environment',
    title: 'The external scaler at {address} gives no answer to {method}: {reason}',
    why: "it was asked for a metric in the words of KEDA's ExternalScaler protocol",
    actions: ['check that the scaler runs and that its address, certificates and `metadata` are right'],
    retryable: true,
  },
};
