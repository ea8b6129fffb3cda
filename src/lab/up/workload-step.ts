import type { KubeClient } from '../../contracts/kube-client.ts';
import { LabError } from '../../errors/lab-error.ts';
import { type PodRuntime, type WorkloadSecrets, workloadManifests } from '../../workload/manifests.ts';
import type { StepResult } from '../run-steps.ts';
import { applyStep } from './apply-all.ts';
import { clusterOf, type UpState } from './state.ts';

const TOKEN_BYTES = 24;

/** Applies namespace, secret, producer and consumer. */
export async function applyWorkload(state: UpState, client: KubeClient): Promise<StepResult> {
  return applyStep(client, workloadManifests(state.spec, workloadSecrets(state), podRuntime(state)));
}

/** The queue's URL as the queue step left it; the producer's token is made once and kept in the lab's folder (0600). */
export function workloadSecrets({ ports, paths, spec }: UpState): WorkloadSecrets {
  const { files } = ports;
  const queueUrl = files.readText(paths.queueUrl)?.trim();
  if (queueUrl === undefined) throw new LabError('ML-LAB-NO-QUEUE', { lab: spec.lab });
  let token = files.readText(paths.token)?.trim();
  if (token === undefined || token === '') {
    token = ports.randomToken(TOKEN_BYTES);
    files.writeAtomic(paths.token, `${token}\n`, 0o600);
  }
  return { queueUrl, token, ...(spec.queue.kind === 'beanstalkd' ? { ledgerFile: paths.ledger } : {}) };
}

/** What runs the lab's programs. */
export function podRuntime(state: UpState): PodRuntime {
  if (clusterOf(state).podsRunAs === 'processes') return { as: 'processes' };
  if (state.programImage === undefined)
    throw new LabError('ML-INTERNAL', { text: 'a step ran before the images were there' });
  return { as: 'containers', image: state.programImage };
}
