import { readFileSync } from 'node:fs';
import { describe, LabError } from '../../errors/lab-error.ts';
import { delegatedAuth } from '../../kube/aggregated-auth/delegated-auth.ts';
import { kubeClient } from '../../kube/client.ts';
import { loadKubeconfig } from '../../kube/kubeconfig.ts';
import { realClock } from '../../platform/clock.ts';
import { apiServer, type ServingPair } from '../http/api-server.ts';
import { closeServer, listenOn } from '../http/listen.ts';
import { servingHosts } from '../manifests.ts';
import { ClusterDirectory } from '../objects/cluster-directory.ts';
import { OwnMetrics } from '../own-metrics.ts';
import type { CustomMetricsProvider, ExternalMetricsProvider } from '../provider.ts';
import { selfMadeServing } from '../self-made-serving.ts';

export interface ServeMetricsOptions {
  /** Path of a kubeconfig: its user needs `system:auth-delegator`, `extension-apiserver-authentication-reader` and, for `*` queries of custom metrics, list and watch. */
  readonly kubeconfig: string;
  /** What is served: `external.metrics.k8s.io`, `custom.metrics.k8s.io` or both. */
  readonly external?: ExternalMetricsProvider;
  readonly custom?: CustomMetricsProvider;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** PEM; without it one is made whose CA is `caBundle` of the result. */
  readonly serving?: ServingPair;
  /** Namespace of the Service, for the names in a certificate that is made; default `default`. */
  readonly namespace?: string;
  /** Told of faults, one line each. */
  readonly log?: (line: string) => void;
}

export interface MetricsServer {
  readonly url: string;
  readonly port: number;
  /** PEM for `spec.caBundle` of the APIServices; undefined when the certificate was given. */
  readonly caBundle: string | undefined;
  close(): Promise<void>;
}

/**
 * Serves a provider's metrics with discovery, OpenAPI, delegated authentication and authorization. Raises ML-KUBE-CONFIG,
 * ML-METRICS-LISTEN.
 */
export async function serveMetrics(options: ServeMetricsOptions): Promise<MetricsServer> {
  const { kubeconfig, external, custom, host = '127.0.0.1', port = 0, log = () => undefined } = options;
  await using stack = new AsyncDisposableStack();
  const onError = (error: LabError) => log(describe(error));
  const client = stack.adopt(kubeClient(loadKubeconfig(readText(kubeconfig), kubeconfig)), (one) => one.close());
  const auth = stack.adopt(delegatedAuth({ client, clock: realClock, onError }), (one) => one.stop());
  const objects = stack.adopt(new ClusterDirectory(client, realClock, onError), (one) => one.stop());
  const made =
    options.serving === undefined
      ? selfMadeServing(servingHosts(options.namespace ?? 'default'), realClock.now())
      : undefined;
  const own = new OwnMetrics();
  const server = apiServer(options.serving ?? made ?? { cert: '', key: '' }, {
    auth,
    clock: realClock,
    external,
    custom: custom === undefined ? undefined : { provider: custom, objects },
    admin: undefined,
    ownMetrics: () => own.text({ now: realClock.now() }),
    onAnswer: (seen) => {
      own.seen(seen);
      if (seen.fault !== undefined) log(`${seen.status} for ${seen.url}: ${describe(seen.fault)}`);
    },
  });
  const listening = await listenOn(server, host, port);
  stack.defer(() => closeServer(server, realClock));
  const running = stack.move();
  return {
    url: `https://${host}:${listening}`,
    port: listening,
    caBundle: made?.caBundle,
    close: () => running.disposeAsync(),
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new LabError('ML-KUBE-CONFIG', { path, reason: describe(error) }, { cause: error });
  }
}
