import { dirname, join } from 'node:path';
import type { ClusterHandle } from '../../contracts/backend.ts';
import type { Files } from '../../contracts/files.ts';
import { issueAuthority, issueClient, issueServing } from '../../clusters/pki/cluster-pki.ts';
import { LabError } from '../../errors/lab-error.ts';
import { kubeClient } from '../../kube/client.ts';
import { type ClusterAccess, loadKubeconfig } from '../../kube/kubeconfig.ts';
import { componentControl } from '../../lab/components/control.ts';
import type { LabPorts, LabQueue } from '../../lab/ports.ts';
import { freePort, isPortBusy } from '../../platform/free-port.ts';
import { freeMegabytes } from '../../platform/free-space.ts';
import { randomToken } from '../../platform/random.ts';
import type { CommandContext } from '../context.ts';
import { openBackend } from './open-backend.ts';
import { programCommand } from './program-command.ts';

/** How long a command waits for a queue that does not answer. */
const QUEUE_GIVE_UP_MS = 5_000;

/** What the use cases of a lab get from outside: part of the one place that wires implementations (container.ts). */
export function labPorts(context: CommandContext): LabPorts {
  const { files, clock, env, paths } = context;
  const searchPath = env['PATH'] ?? '';
  const supervisorEnv = { PATH: searchPath, ...(env['HOME'] === undefined ? {} : { HOME: env['HOME'] }) };
  const program = programCommand;
  const pki = { files, now: () => clock.now() };
  return {
    files,
    clock,
    io: context.io,
    signal: context.signal,
    labsDir: paths.labsDir,
    command: context.commandLine,
    searchPath,
    certificates: {
      authority: (cluster) => issueAuthority(pki, pkiDir(cluster)),
      serving: (cluster, name, hosts) => issueServing(pki, pkiDir(cluster), name, hosts),
      client: (cluster, name, user) => issueClient(pki, pkiDir(cluster), name, user),
    },
    freePort,
    isPortBusy,
    freeMegabytes,
    randomToken,
    program,
    get processes() {
      return context.processes;
    },
    components: (labDir) => {
      const [command, ...args] = program('supervisor');
      return componentControl(
        { files, clock, processes: context.processes, program: { command, args }, env: supervisorEnv },
        labDir,
      );
    },
    backend: (spec) => openBackend(context, spec),
    client: (kubeconfig) => kubeClient(accessOf(files, kubeconfig)),
    serverClient: (kubeconfig, server, caFile) =>
      kubeClient({ ...accessOf(files, kubeconfig), server, ca: needed(files, caFile) }),
    post: async (url, body, headers) => {
      const answer = await fetch(url, { method: 'POST', body, headers, signal: context.signal });
      return { status: answer.status, text: await answer.text() };
    },
    httpLoad: async (request) => (await import('../../platform/http-load.ts')).httpLoad(request),
    openQueue: async ({ spec, url, ledgerFile }): Promise<LabQueue> => {
      const { openQueue } = await import('../../workload/queues/open.ts');
      return openQueue({
        kind: spec.queue.kind,
        url,
        queue: spec.queue.name,
        ledgerFile,
        consumerId: `cli-${randomToken(6)}`,
        maxAttempts: spec.consumer.maxAttempts,
        giveUpAfterMs: QUEUE_GIVE_UP_MS,
        clock,
        files,
        random: Math.random,
        newId: () => randomToken(12),
      });
    },
    openPodQueue: async ({ spec, kubeconfig, token }): Promise<LabQueue> => {
      const { producerQueue } = await import('../../workload/producer-queue.ts');
      return producerQueue({
        client: kubeClient(accessOf(files, kubeconfig)),
        namespace: spec.namespace,
        token,
        clock,
      });
    },
  };
}

function accessOf(files: Files, kubeconfig: string): ClusterAccess {
  return loadKubeconfig(needed(files, kubeconfig), kubeconfig);
}

function needed(files: Files, path: string): string {
  const text = files.readText(path);
  if (text === undefined) throw new LabError('ML-KUBE-CONFIG', { path, reason: 'there is no such file' });
  return text;
}

/** The folder of the cluster's authorities; a cluster that keeps its own to itself gets one of the lab for the lab's servers. */
function pkiDir(cluster: ClusterHandle): string {
  return cluster.pki === undefined ? join(dirname(cluster.kubeconfig), 'pki') : dirname(cluster.pki.caCert);
}
