import type { KubeClient } from '../../contracts/kube-client.ts';
import { LabError } from '../../errors/lab-error.ts';
import { workloadManifests } from '../../workload/manifests.ts';
import type { StepResult } from '../run-steps.ts';
import { applyAll } from './apply-all.ts';
import type { UpState } from './state.ts';

const TOKEN_BYTES = 24;

/** Applies namespace, secret, producer and consumer. The producer's token is made once and kept in the lab's folder (0600). */
export async function applyWorkload(state: UpState, client: KubeClient): Promise<StepResult> {
  const { ports, paths, spec } = state;
  const { files } = ports;
  const queueUrl = files.readText(paths.queueUrl)?.trim();
  if (queueUrl === undefined) throw new LabError('ML-LAB-NO-QUEUE', { lab: spec.lab });
  let token = files.readText(paths.token)?.trim();
  if (token === undefined || token === '') {
    token = ports.randomToken(TOKEN_BYTES);
    files.writeAtomic(paths.token, `${token}\n`, 0o600);
  }
  const ledgerFile = spec.queue.kind === 'beanstalkd' ? { ledgerFile: paths.ledger } : {};
  const changed = await applyAll(client, workloadManifests(spec, { queueUrl, token, ...ledgerFile }));
  return { changed: changed.length > 0, ...(changed.length > 0 ? { detail: changed.join(', ') } : {}) };
}
