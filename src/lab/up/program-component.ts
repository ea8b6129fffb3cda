import { join } from 'node:path';
import type { ComponentSpec } from '../../contracts/component.ts';
import type { LabPort } from '../../contracts/lab-record.ts';
import { kubeconfigText, loadKubeconfig } from '../../kube/kubeconfig.ts';
import { LabError } from '../../errors/lab-error.ts';
import type { ClusterUser, PairFiles } from '../ports.ts';
import { clusterOf, remember, type UpState } from './state.ts';

/** A port of 127.0.0.1 for one of the lab's programs: chosen once, remembered before anything relies on it. */
export async function portFor(state: UpState, name: LabPort): Promise<number> {
  const known = state.record.ports[name];
  if (known !== undefined) return known;
  const port = await state.ports.freePort();
  remember(state, { ports: { ...state.record.ports, [name]: port } });
  return port;
}

/** Writes a file of the lab (0600) when its content differs; resolves to its path. */
export function writeOwn(state: UpState, name: string, content: string): string {
  const path = join(state.paths.dir, name);
  if (state.ports.files.readText(path) !== content) state.ports.files.writeAtomic(path, content, 0o600);
  return path;
}

/** A kubeconfig with a client certificate for this user, as a file of the lab. */
export function kubeconfigFor(state: UpState, name: string, user: ClusterUser): string {
  const { files, certificates } = state.ports;
  const cluster = clusterOf(state);
  const pair: PairFiles = certificates.client(cluster, name, user);
  const read = (path: string) => {
    const text = files.readText(path);
    if (text === undefined) throw new LabError('ML-STATE-IO', { path, verb: 'read', reason: 'it is not there' });
    return text;
  };
  const { server, ca } = loadKubeconfig(read(cluster.kubeconfig), cluster.kubeconfig);
  const access = {
    server,
    ...(ca === undefined ? {} : { ca }),
    cert: read(pair.cert),
    key: read(pair.key),
    context: name,
  };
  return writeOwn(state, `${name}.kubeconfig`, kubeconfigText(access));
}

/** One of our own programs as a component that is asked for its health over HTTPS. */
export function programComponent(
  state: UpState,
  options: {
    readonly name: string;
    readonly program: string;
    readonly env: Readonly<Record<string, string>>;
    readonly after: readonly string[];
    /** HTTPS port of 127.0.0.1 that answers `/readyz` or another health path. */
    readonly port: number;
    readonly healthPath: string;
    readonly graceSeconds: number;
  },
): ComponentSpec {
  const [command, ...args] = state.ports.program(options.program);
  const url = `https://127.0.0.1:${options.port}`;
  return {
    name: options.name,
    command,
    args,
    env: options.env,
    after: options.after,
    health: {
      kind: 'http',
      url: `${url}${options.healthPath}`,
      caFile: clusterOf(state).pki?.caCert ?? '',
    },
    graceSeconds: options.graceSeconds,
    logFile: join(state.paths.logs, `${options.name}.log`),
    url,
  };
}
