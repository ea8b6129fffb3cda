import type { Clock } from '../../contracts/clock.ts';
import type { KubeClient } from '../../contracts/kube-client.ts';
import { LabError } from '../../errors/lab-error.ts';
import type { DelegatedAuth } from './types.ts';

export interface DelegatedAuthOptions {
  /** Identity with `system:auth-delegator` and `extension-apiserver-authentication-reader`. */
  readonly client: KubeClient;
  readonly clock: Clock;
  /** Told of every failure to read the configuration or to ask for a review. */
  readonly onError: (error: LabError) => void;
  /** How long answers of TokenReview and SubjectAccessReview are kept; default 10 s as upstream. */
  readonly cacheMs?: number;
  /** How often the configuration is read again although the watch said nothing; default 60 s. */
  readonly reloadMs?: number;
}

/** Starts reading the cluster's configuration at once. */
export function delegatedAuth(_options: DelegatedAuthOptions): DelegatedAuth {
  throw new LabError('ML-INTERNAL', { text: 'not written yet' });
}
