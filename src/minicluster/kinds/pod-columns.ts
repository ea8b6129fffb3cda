import type { KubeObject } from '../../contracts/kube-client.ts';
import { AGE, NAME } from '../api/table.ts';
import { humanDuration } from './age.ts';
import { type Fields, fieldsOf, listOf, numberOf, textOf } from './fields.ts';
import type { Column } from './kind.ts';

// pkg/printers/internalversion/printers.go printPod

const SUCCEEDED = [
  { type: 'Completed', status: 'True', reason: 'Succeeded', message: 'The pod has completed successfully.' },
];
const FAILED = [{ type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' }];

export function podRowConditions(pod: KubeObject): readonly Readonly<Record<string, string>>[] | undefined {
  const { phase } = fieldsOf(pod['status']);
  return phase === 'Succeeded' ? SUCCEEDED : phase === 'Failed' ? FAILED : undefined;
}

interface Summary {
  readonly ready: number;
  readonly reason: string;
  readonly restarts: string;
}

/** The columns Ready, Status and Restarts in one go. */
function summarize(pod: KubeObject, now: number): Summary {
  const status = fieldsOf(pod['status']);
  const spec = fieldsOf(pod['spec']);
  const inits = initReason(listOf(status['initContainerStatuses']), listOf(spec['initContainers']).length);
  const containers = listOf(status['containerStatuses']);
  const phase = textOf(status['reason']) || textOf(status['phase']);
  const initializing = inits !== undefined && !isInitialized(status);
  const base = initializing ? inits : phase;
  const reason = initializing ? base : containersReason(containers, base, status);
  const counted = initializing ? listOf(status['initContainerStatuses']) : containers;
  const gone = pod.metadata.deletionTimestamp !== undefined;
  const terminal = phase === 'Succeeded' || phase === 'Failed' || textOf(status['reason']) === 'Evicted';
  const shown =
    gone && textOf(status['reason']) === 'NodeLost' ? 'Unknown' : gone && !terminal ? 'Terminating' : reason;
  return { ready: containers.filter(isReady).length, reason: shown, restarts: restartsText(counted, now) };
}

function isReady({ ready, state }: Fields): boolean {
  return ready === true && fieldsOf(state)['running'] !== undefined;
}

function isInitialized(status: Fields): boolean {
  return listOf(status['conditions']).some(({ type, status: is }) => type === 'Initialized' && is === 'True');
}

/** `Init:1/2`, `Init:Error` …, or undefined when all init containers are done. */
function initReason(statuses: readonly Fields[], total: number): string | undefined {
  for (const [at, { state, started }] of statuses.entries()) {
    const { terminated, waiting } = fieldsOf(state) as Readonly<Record<string, unknown>>;
    if (terminated !== undefined && numberOf(fieldsOf(terminated)['exitCode']) === 0) continue;
    if (started === true) continue;
    if (terminated !== undefined) {
      const { reason, signal, exitCode } = fieldsOf(terminated);
      if (textOf(reason) !== '') return `Init:${textOf(reason)}`;
      return numberOf(signal) !== 0 ? `Init:Signal:${numberOf(signal)}` : `Init:ExitCode:${numberOf(exitCode)}`;
    }
    const why = textOf(fieldsOf(waiting)['reason']);
    return why !== '' && why !== 'PodInitializing' ? `Init:${why}` : `Init:${at}/${total}`;
  }
  return undefined;
}

function containersReason(containers: readonly Fields[], base: string, status: Fields): string {
  let reason = base;
  let running = false;
  for (const { state, ready } of containers.toReversed()) {
    const { waiting, terminated, running: isRunning } = fieldsOf(state) as Readonly<Record<string, unknown>>;
    const waits = textOf(fieldsOf(waiting)['reason']);
    const ended = fieldsOf(terminated);
    if (waiting !== undefined && waits !== '') reason = waits;
    else if (terminated !== undefined && textOf(ended['reason']) !== '') reason = textOf(ended['reason']);
    else if (terminated !== undefined) {
      const signal = numberOf(ended['signal']);
      reason = signal !== 0 ? `Signal:${signal}` : `ExitCode:${numberOf(ended['exitCode'])}`;
    } else if (ready === true && isRunning !== undefined) running = true;
  }
  if (reason !== 'Completed' || !running) return reason;
  const podReady = listOf(status['conditions']).some(({ type, status: is }) => type === 'Ready' && is === 'True');
  return podReady ? 'Running' : 'NotReady';
}

function restartsText(statuses: readonly Fields[], now: number): string {
  const restarts = statuses.reduce((sum, { restartCount }) => sum + numberOf(restartCount), 0);
  const ends = statuses
    .map(({ lastState }) => textOf(fieldsOf(fieldsOf(lastState)['terminated'])['finishedAt']))
    .filter((time) => time !== '')
    .map((time) => Date.parse(time));
  if (restarts === 0 || ends.length === 0) return String(restarts);
  return `${restarts} (${humanDuration(now - Math.max(...ends))} ago)`;
}

function gates(pod: KubeObject): string {
  const wanted = listOf(fieldsOf(pod['spec'])['readinessGates']);
  if (wanted.length === 0) return '<none>';
  const conditions = listOf(fieldsOf(pod['status'])['conditions']);
  const met = wanted.filter(({ conditionType }) =>
    conditions.some(({ type, status }) => type === conditionType && status === 'True'),
  );
  return `${met.length}/${wanted.length}`;
}

const wide = (name: string, description: string, cell: (pod: KubeObject) => string): Column => ({
  name,
  type: 'string',
  priority: 1,
  description,
  cell: (pod) => cell(pod) || '<none>',
});

export const POD_COLUMNS: readonly Column[] = [
  NAME,
  {
    name: 'Ready',
    type: 'string',
    description: 'The aggregate readiness state of this pod for accepting traffic.',
    cell: (pod, now) => `${summarize(pod, now).ready}/${listOf(fieldsOf(pod['spec'])['containers']).length}`,
  },
  {
    name: 'Status',
    type: 'string',
    description: 'The aggregate status of the containers in this pod.',
    cell: (pod, now) => summarize(pod, now).reason,
  },
  {
    name: 'Restarts',
    type: 'string',
    description:
      'The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.',
    cell: (pod, now) => summarize(pod, now).restarts,
  },
  AGE,
  wide('IP', 'podIP address allocated to the pod.', (pod) => textOf(fieldsOf(pod['status'])['podIP'])),
  wide('Node', 'NodeName indicates in which node this pod is scheduled.', (pod) =>
    textOf(fieldsOf(pod['spec'])['nodeName']),
  ),
  wide('Nominated Node', 'nominatedNodeName is set when this pod preempts other pods on the node.', (pod) =>
    textOf(fieldsOf(pod['status'])['nominatedNodeName']),
  ),
  wide('Readiness Gates', 'If specified, all readiness gates will be evaluated for pod readiness.', gates),
];
