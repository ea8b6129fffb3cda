import { join } from 'node:path';
import { z } from 'zod';
import type { BackendContext, BackendName, ClusterHandle, ClusterSpec } from '../../contracts/backend.ts';
import type { Clock } from '../../contracts/clock.ts';
import type { Files } from '../../contracts/files.ts';
import type { KubeClient } from '../../contracts/kube-client.ts';
import { describe, LabError } from '../../errors/lab-error.ts';
import { kubeClient } from '../../kube/client.ts';
import { type ClusterAccess, loadKubeconfig } from '../../kube/kubeconfig.ts';
import { nodeReadiness } from '../../kube/nodes.ts';
import { parseAs } from '../../kube/objects.ts';

const POLL_MS = 500;
const TELL_EVERY_MS = 10_000;
const ASK_MS = 5_000;
const Version = z.object({ gitVersion: z.string(), platform: z.string() });

/** The lab's own kubeconfig for a cluster in containers; never the user's. */
export function kubeconfigOf({ labDir }: ClusterSpec): string {
  return join(labDir, 'kubeconfig');
}

/** Waits until the API answers and every node is Ready. Raises ML-KIND-NOT-READY (exit 6) with what is missing. */
export async function readyCluster(
  ports: { readonly files: Files; readonly clock: Clock },
  spec: ClusterSpec,
  options: BackendContext & { readonly backend: BackendName; readonly cluster: string; readonly timeoutMs: number },
): Promise<ClusterHandle> {
  return withClient(ports.files, spec, async (client) => {
    await waitUntilReady(ports.clock, client, options);
    return handleOf(ports.files, spec, options.backend, client, options.signal);
  });
}

/** What the cluster of the lab's kubeconfig says of itself. Raises ML-KUBE-*. */
export function clusterHandle(
  files: Files,
  spec: ClusterSpec,
  backend: BackendName,
  signal: AbortSignal,
): Promise<ClusterHandle> {
  return withClient(files, spec, (client) => handleOf(files, spec, backend, client, signal));
}

/** A client for the lab's kubeconfig, closed afterwards. */
export async function withClient<T>(
  files: Files,
  spec: ClusterSpec,
  use: (client: KubeClient) => Promise<T>,
): Promise<T> {
  const client = kubeClient(accessOf(files, spec));
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

function accessOf(files: Files, spec: ClusterSpec): ClusterAccess {
  const kubeconfig = kubeconfigOf(spec);
  return loadKubeconfig(files.readText(kubeconfig) ?? '', kubeconfig);
}

async function handleOf(
  files: Files,
  spec: ClusterSpec,
  backend: BackendName,
  client: KubeClient,
  signal: AbortSignal,
): Promise<ClusterHandle> {
  const { context, server } = accessOf(files, spec);
  const answer = await client.json('GET', '/version', undefined, { signal });
  const { gitVersion, platform } = parseAs(Version, answer, '/version');
  return {
    backend,
    kubeconfig: kubeconfigOf(spec),
    context,
    server,
    kubernetesVersion: gitVersion.replace(/^v/, ''),
    architecture: platform.endsWith('/arm64') ? 'arm64' : 'amd64',
    podsRunAs: 'containers',
    scaleToZero: true,
  };
}

async function waitUntilReady(
  clock: Clock,
  client: KubeClient,
  { io, signal, step, cluster, timeoutMs }: BackendContext & { readonly cluster: string; readonly timeoutMs: number },
): Promise<void> {
  const begun = clock.monotonic();
  for (let told = begun; ; ) {
    const missing = await notReady(client, signal);
    if (missing === undefined) return;
    const now = clock.monotonic();
    const seconds = Math.round((now - begun) / 1000);
    if (now - begun > timeoutMs) throw new LabError('ML-KIND-NOT-READY', { cluster, seconds, reason: missing });
    if (now - told >= TELL_EVERY_MS) {
      told = now;
      io.emit({ type: 'step.progress', step, text: `waiting ${seconds}s: ${missing}` });
    }
    await clock.sleep(POLL_MS, signal);
  }
}

async function notReady(client: KubeClient, signal: AbortSignal): Promise<string | undefined> {
  try {
    const answer = await client.json('GET', '/api/v1/nodes', undefined, { signal, timeoutMs: ASK_MS });
    const nodes = nodeReadiness(answer);
    if (nodes.length === 0) return 'no node has registered';
    const missing = nodes.find(({ ready }) => !ready);
    return missing && `node ${missing.name} is not Ready: ${missing.message ?? 'it has not said anything'}`;
  } catch (error) {
    signal.throwIfAborted();
    return `the API does not answer: ${describe(error)}`;
  }
}
