import type { HttpLoadResult } from '../contracts/http-load.ts';
import { LabError } from '../errors/lab-error.ts';
import { WEB } from '../workload/web/manifests.ts';
import { requireRecord } from './lab-store.ts';
import type { LabPorts } from './ports.ts';
import { serviceAddress } from './service-address.ts';

export interface LoadRequest {
  readonly lab: string;
  readonly requestsPerSecond: number;
  readonly seconds: number;
  /** Default: enough for answers that take up to 200 ms. */
  readonly connections?: number;
}

export interface LoadOutcome extends HttpLoadResult {
  readonly lab: string;
  readonly url: string;
  readonly requestsPerSecond: number;
  readonly connections: number;
}

/** What it needs of the lab's ports. */
type LoadPorts = Pick<LabPorts, 'files' | 'labsDir' | 'client' | 'httpLoad' | 'io' | 'signal'>;

const PER_CONNECTION = 5;
const FEWEST = 10;
const MOST = 1_000;

/**
 * Sends requests to the Service of the lab's web target, with progress; ended early by the signal, it resolves to the result so far. Raises
 * ML-LAB-NOT-FOUND, ML-LOAD-PIPELINE, ML-LOAD-TARGET, ML-KUBE-*.
 */
export async function loadHttp(ports: LoadPorts, request: LoadRequest): Promise<LoadOutcome> {
  const { lab, requestsPerSecond, seconds } = request;
  const enough = Math.min(Math.max(Math.ceil(requestsPerSecond / PER_CONNECTION), FEWEST), MOST);
  // Each sends a whole number of requests per second.
  const connections = Math.min(request.connections ?? enough, requestsPerSecond);
  const url = await targetOf(ports, lab);
  const result = await ports.httpLoad({
    url,
    requestsPerSecond,
    seconds,
    connections,
    signal: ports.signal,
    onProgress: (done) => ports.io.emit({ type: 'progress', label: 'sending requests', done, total: seconds }),
  });
  return { lab, url, requestsPerSecond, connections, ...result };
}

async function targetOf(ports: LoadPorts, lab: string): Promise<string> {
  const { spec, cluster } = requireRecord(ports.files, ports.labsDir, lab);
  if (spec.pipeline !== 'http' || spec.bare === true)
    throw new LabError('ML-LOAD-PIPELINE', { lab, pipeline: spec.bare === true ? 'none' : spec.pipeline });
  if (cluster === undefined) throw new LabError('ML-LOAD-TARGET', { lab, reason: 'it has no cluster yet' });
  const client = ports.client(cluster.kubeconfig);
  try {
    const address = await serviceAddress(client, spec, WEB);
    if (address !== undefined) return `http://${address}/`;
    throw new LabError('ML-LOAD-TARGET', { lab, reason: `service ${WEB} has no address on this machine yet` });
  } finally {
    client.close();
  }
}
