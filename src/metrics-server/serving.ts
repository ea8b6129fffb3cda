import type { Server } from 'node:https';
import { aggregatedTlsOptions } from '../kube/aggregated-auth/tls-options.ts';
import type { MetricsServerConfig } from './config.ts';
import type { ServingPair } from './http/api-server.ts';
import { type MetricsServerPorts, neededFile } from './ports.ts';
import { selfMadeServing } from './self-made-serving.ts';

/** The certificate that the configuration names, or one made now. Raises ML-METRICS-CONFIG. */
export function servingOf({ serving }: MetricsServerConfig, ports: MetricsServerPorts): ServingPair {
  if (serving === undefined) return selfMadeServing(['127.0.0.1', 'localhost'], ports.clock.now());
  return { cert: neededFile(ports, serving.certFile), key: neededFile(ports, serving.keyFile) };
}

/** A function that takes over the files when they have changed; a broken pair raises and changes nothing. */
export function servingRenewal(
  api: Server,
  first: ServingPair,
  config: MetricsServerConfig,
  ports: MetricsServerPorts,
): () => void {
  let serving = first;
  return () => {
    if (config.serving === undefined) return;
    const now = servingOf(config, ports);
    if (now.cert === serving.cert && now.key === serving.key) return;
    api.setSecureContext(aggregatedTlsOptions(now));
    serving = now;
    ports.log({ level: 'info', event: 'serving-renewed', text: 'the new serving certificate is in use' });
  };
}
