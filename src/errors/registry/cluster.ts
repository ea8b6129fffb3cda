import type { ErrorEntry } from '../entry.ts';

export type ClusterErrorId =
  | 'ML-SUPERVISOR-DIED'
  | 'ML-BACKEND-NONE'
  | 'ML-BACKEND-ABSENT'
  | 'ML-NATIVE-PLATFORM'
  | 'ML-NATIVE-VERSION'
  | 'ML-NATIVE-BIN-MISSING'
  | 'ML-NATIVE-BIN-UNUSABLE'
  | 'ML-NATIVE-BIN-VERSION'
  | 'ML-NATIVE-DOWNLOAD-NOT-FOUND'
  | 'ML-NATIVE-DOWNLOAD-FAILED'
  | 'ML-NATIVE-DOWNLOAD-DIGEST'
  | 'ML-NATIVE-PORT-BUSY'
  | 'ML-EMBEDDED-VERSION';

/** Backends, their tools, and the supervisor of a lab's processes. */
export const CLUSTER_ERRORS: Readonly<Record<ClusterErrorId, ErrorEntry>> = {
  'ML-SUPERVISOR-DIED': {
    exit: 'precondition',
    fault: 'environment',
    title: "The supervisor of the lab's processes ended at once",
    why: '{reason}',
    actions: ['see what its log says, put that right, and run `metrics-lab up` again'],
    retryable: true,
  },
  'ML-BACKEND-NONE': {
    exit: 'precondition',
    fault: 'environment',
    title: 'No cluster backend can be used here',
    why: '{reasons}',
    actions: ['{fixes}'],
    retryable: false,
  },
  'ML-BACKEND-ABSENT': {
    exit: 'precondition',
    fault: 'user',
    title: 'The backend "{backend}" is not in this version of metrics-lab',
    why: 'this version has: {backends}',
    actions: ['use `metrics-lab up --backend native`'],
    retryable: false,
  },
  'ML-NATIVE-PLATFORM': {
    exit: 'precondition',
    fault: 'environment',
    title: 'The backend "native" does not run on {platform}/{architecture}',
    why: 'Kubernetes publishes server binaries for Linux on amd64 and arm64 only',
    actions: ['run metrics-lab on Linux (a virtual machine will do)'],
    retryable: false,
  },
  'ML-NATIVE-VERSION': {
    exit: 'usage',
    fault: 'user',
    title: '"{version}" is not a version of Kubernetes',
    why: 'a version has three numbers, as in 1.36.3',
    actions: ['name one as in `metrics-lab up --backend native --kubernetes-version 1.36.3`'],
    retryable: false,
  },
  'ML-NATIVE-BIN-MISSING': {
    exit: 'precondition',
    fault: 'user',
    title: 'These Kubernetes binaries are missing in {folder}: {names}',
    why: '{reason}',
    actions: [
      'name a folder that holds etcd, kube-apiserver and kube-controller-manager with --bin-dir or METRICS_LAB_BIN_DIR',
      'leave --bin-dir away to download them: `metrics-lab up --backend native`',
    ],
    retryable: false,
  },
  'ML-NATIVE-BIN-UNUSABLE': {
    exit: 'precondition',
    fault: 'environment',
    title: 'The program {path} cannot be run',
    why: '{reason}',
    actions: ['check that it may be executed (chmod +x) and is built for this machine'],
    retryable: false,
  },
  'ML-NATIVE-BIN-VERSION': {
    exit: 'precondition',
    fault: 'user',
    title: 'The program {path} has another version than wanted',
    why: 'it is {found}; wanted is {wanted}',
    actions: [
      'name the folder of that version with --bin-dir, or leave --kubernetes-version away to take what is in the folder',
    ],
    retryable: false,
  },
  'ML-NATIVE-DOWNLOAD-NOT-FOUND': {
    exit: 'precondition',
    fault: 'user',
    title: '{name} {version} is not published for linux/{architecture}',
    why: '{url} answers 404',
    actions: [
      'choose a version that exists with --kubernetes-version, as in `metrics-lab up --backend native --kubernetes-version 1.36.3`',
    ],
    retryable: false,
  },
  'ML-NATIVE-DOWNLOAD-FAILED': {
    exit: 'precondition',
    fault: 'environment',
    title: '{url} could not be downloaded',
    why: '{reason}',
    actions: [
      'run `metrics-lab up --backend native` again: it goes on where this one ended',
      'behind a proxy? Set HTTPS_PROXY and NODE_USE_ENV_PROXY=1',
      'no way to the internet? Bring the binaries here and name their folder with --bin-dir',
    ],
    retryable: true,
  },
  'ML-NATIVE-DOWNLOAD-DIGEST': {
    exit: 'precondition',
    fault: 'environment',
    title: 'What came from {url} is not what was published',
    why: 'its SHA-256 is {found}, published is {wanted}; the file has been thrown away',
    actions: [
      'check what stands between this machine and the internet (a proxy that rewrites downloads?), then run `metrics-lab up --backend native` again',
    ],
    retryable: true,
  },
  'ML-NATIVE-PORT-BUSY': {
    exit: 'precondition',
    fault: 'environment',
    title: 'Port {port} of 127.0.0.1, wanted for {what}, is in use by another program',
    why: 'something that is not part of this lab listens there',
    actions: ['stop that program, choose another port with --api-port, or leave the flag away to get a free one'],
    retryable: true,
  },
  'ML-EMBEDDED-VERSION': {
    exit: 'usage',
    fault: 'user',
    title: 'The backend "embedded" does not know Kubernetes {version}',
    why: 'its HPA controller behaves as those of {oldest} to {newest}',
    actions: ['name one of these with --kubernetes-version, or leave the flag away'],
    retryable: false,
  },
};
