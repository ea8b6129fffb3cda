import type { ErrorEntry } from '../entry.ts';

export type ContainerErrorId =
  | 'ML-KIND-ENGINE-DOWN'
  | 'ML-KIND-ENGINE-PERMISSION'
  | 'ML-KIND-MISSING'
  | 'ML-KIND-VERSION'
  | 'ML-KIND-DISK-FULL'
  | 'ML-KIND-CGROUP'
  | 'ML-KIND-NAME-TAKEN'
  | 'ML-KIND-IMAGE-PULL'
  | 'ML-KIND-PORT-BUSY'
  | 'ML-KIND-FAILED'
  | 'ML-KIND-NOT-READY'
  | 'ML-MINIKUBE-FAILED'
  | 'ML-IMAGE-BUILD'
  | 'ML-IMAGE-ABSENT'
  | 'ML-QUEUE-URL-LOOPBACK'
  | 'ML-CONTEXT-NOT-ALLOWED'
  | 'ML-CONTEXT-PINNED'
  | 'ML-CONTEXT-FOREIGN'
  | 'ML-CONTEXT-METRICS-TAKEN'
  | 'ML-CONTEXT-LEFT';

/** Backends that run pods in containers: the engine, kind, images. */
export const CONTAINER_ERRORS: Readonly<Record<ContainerErrorId, ErrorEntry>> = {
  'ML-KIND-ENGINE-DOWN': {
    exit: 'precondition',
    fault: 'environment',
    title: 'No container engine answers',
    why: '{reason}',
    actions: [
      'start Docker (or Podman), then run `metrics-lab up` again',
      'no container engine here? Run `metrics-lab up --backend embedded`',
    ],
    retryable: true,
    related: ['kubernetes-sigs/kind#282'],
  },
  'ML-KIND-ENGINE-PERMISSION': {
    exit: 'precondition',
    fault: 'environment',
    title: 'You may not use the container engine',
    why: '{reason}',
    actions: [
      'join the group `docker` (and log in again), or use a rootless engine',
      'without one: `metrics-lab up --backend embedded`',
    ],
    retryable: false,
  },
  'ML-KIND-MISSING': {
    exit: 'precondition',
    fault: 'environment',
    title: '{tool} is not on the PATH',
    why: 'the backend "{backend}" drives it, and none of the folders of PATH has it',
    actions: ['install it ({url})', 'or take another backend: `metrics-lab up --backend embedded`'],
    retryable: false,
  },
  'ML-KIND-VERSION': {
    exit: 'precondition',
    fault: 'environment',
    title: 'This kind is too old: {found}',
    why: 'metrics-lab needs kind {wanted} or newer',
    actions: ['install a newer one (https://kind.sigs.k8s.io)'],
    retryable: false,
  },
  'ML-KIND-DISK-FULL': {
    exit: 'precondition',
    fault: 'environment',
    title: 'The container engine has no space left',
    why: '{reason}',
    actions: ['free some, for example with `docker system prune`, then run `metrics-lab up` again'],
    retryable: true,
  },
  'ML-KIND-CGROUP': {
    exit: 'precondition',
    fault: 'environment',
    title: 'The kubelet in the node image refuses this machine: it has cgroup v1 only',
    why: '{reason}',
    actions: [
      'boot with cgroup v2 (systemd.unified_cgroup_hierarchy=1)',
      'or take a node image of an older Kubernetes: `metrics-lab up --backend kind --kubernetes-version 1.34.0`',
    ],
    retryable: false,
  },
  'ML-KIND-NAME-TAKEN': {
    exit: 'conflict',
    fault: 'user',
    title: 'There is a cluster named {cluster} that this lab did not make',
    why: 'it is left alone: nothing in the folder of the lab says that it is the lab’s',
    actions: [
      'choose another lab name with --lab',
      'or, when it is of no use to anybody, remove it: `{tool} delete cluster --name {cluster}`',
    ],
    retryable: false,
  },
  'ML-KIND-IMAGE-PULL': {
    exit: 'precondition',
    fault: 'environment',
    title: 'The image {image} cannot be pulled',
    why: '{reason}',
    actions: [
      'name one that is there with --node-image or --image',
      'behind a proxy? The container engine needs its address, too',
    ],
    retryable: true,
  },
  'ML-KIND-PORT-BUSY': {
    exit: 'precondition',
    fault: 'environment',
    title: 'A port that the cluster wants is in use',
    why: '{reason}',
    actions: ['stop what listens there, or choose another port with --api-port'],
    retryable: true,
  },
  'ML-KIND-FAILED': {
    exit: 'backend',
    fault: 'environment',
    title: '`{command}` failed with {code}',
    why: 'the last it said:\n{output}',
    actions: ['put right what it complains about, then run `metrics-lab up` again: it goes on where this one ended'],
    retryable: true,
  },
  'ML-MINIKUBE-FAILED': {
    exit: 'backend',
    fault: 'environment',
    title: '`{command}` failed with {code}',
    why: 'the last it said:\n{output}',
    actions: ['put right what it complains about, then run `metrics-lab up` again: it goes on where this one ended'],
    retryable: true,
  },
  'ML-KIND-NOT-READY': {
    exit: 'timeout',
    fault: 'environment',
    title: 'The cluster {cluster} is not ready after {seconds} s',
    why: '{reason}',
    actions: [
      'run `metrics-lab up` again to wait on, or `metrics-lab up --recreate` to make it anew',
      'see what its nodes say: `metrics-lab export logs`',
    ],
    retryable: true,
    related: ['kubernetes-sigs/kind#2654'],
  },
  'ML-IMAGE-BUILD': {
    exit: 'backend',
    fault: 'environment',
    title: 'The image of the lab’s programs could not be built',
    why: '{reason}',
    actions: [
      'its base is node:24-slim: pull it once by hand to see what is wrong',
      'or name an image that has the programs with --image',
    ],
    retryable: true,
  },
  'ML-IMAGE-ABSENT': {
    exit: 'usage',
    fault: 'user',
    title: 'The backend "{backend}" needs to be told which image has the lab’s programs',
    why: 'its nodes cannot be given one that is built here',
    actions: [
      'build one, push it to where the cluster can pull it, and name it with --image; a build on this machine: `metrics-lab up --backend kind`',
    ],
    retryable: false,
  },
  'ML-QUEUE-URL-LOOPBACK': {
    exit: 'usage',
    fault: 'user',
    title: 'The queue at {host} cannot be reached from pods',
    why: 'on the backend "{backend}" consumers run in containers, where {host} is the container itself',
    actions: ['name the server by an address that the pods can reach, or leave --queue-url away'],
    retryable: false,
  },
  'ML-CONTEXT-NOT-ALLOWED': {
    exit: 'conflict',
    fault: 'user',
    title: 'The context {context} is not one that a lab may be put into',
    why: 'its server {server} is not on this machine, and allowedContexts does not name it: a lab in the wrong cluster is an outage',
    actions: [
      'when it is the right one, name it in allowedContexts of the lab file or in METRICS_LAB_ALLOWED_CONTEXTS',
      'or make a cluster for the lab: `metrics-lab up --backend embedded`',
    ],
    retryable: false,
    related: ['tilt-dev/tilt#1096'],
  },
  'ML-CONTEXT-PINNED': {
    exit: 'conflict',
    fault: 'user',
    title: 'The lab {lab} is in the context {pinned}, not in {context}',
    why: 'a lab stays in the cluster that it was made in',
    actions: [
      'leave --context away, or remove the lab first: `metrics-lab teardown --lab {lab}`',
      'choose another lab name with --lab',
    ],
    retryable: false,
  },
  'ML-CONTEXT-FOREIGN': {
    exit: 'conflict',
    fault: 'user',
    title: 'The cluster has objects of others under names that the lab needs: {objects}',
    why: 'they do not carry the label metricslab.dev/lab={lab}, so nothing of them is changed',
    actions: ['choose another namespace with --namespace, or another lab name with --lab'],
    retryable: false,
    related: ['GoogleContainerTools/skaffold#812'],
  },
  'ML-CONTEXT-METRICS-TAKEN': {
    exit: 'conflict',
    fault: 'environment',
    title: 'The cluster has a server of external metrics already',
    why: 'the APIService {apiService} belongs to {owner}; a cluster has one server per API, and replacing it would blind every HPA that uses it',
    actions: [
      'let that server serve the metric of the queue, or ask its owner to make room',
      'a metrics server of yours in its place can pass on to it what is its own: `forward` in docs/metrics-server.md',
      'or make a cluster for the lab: `metrics-lab up --backend kind`',
    ],
    retryable: false,
    related: ['kedacore/keda#470'],
  },
  'ML-CONTEXT-LEFT': {
    exit: 'leftover',
    fault: 'environment',
    title: 'The namespace {namespace} is still being deleted after {seconds} s',
    why: '{reason}',
    actions: ['run `metrics-lab teardown` again later: it goes on where this one ended'],
    retryable: true,
  },
};
