import type { Server } from 'node:https';
import { arch, platform, release, version } from 'node:os';
import { describe, LabError } from '../../errors/lab-error.ts';
import { delegatedAuth } from '../../kube/aggregated-auth/delegated-auth.ts';
import { kubeClient } from '../../kube/client.ts';
import { loadKubeconfig } from '../../kube/kubeconfig.ts';
import { calmLog } from '../../minicluster/node/calm-log.ts';
import { NODE_CONFIG_ENV, type NodeConfig, parseNodeConfig } from '../../minicluster/node/config.ts';
import { kubeletServer } from '../../minicluster/node/kubelet-server.ts';
import { metricsApiServer } from '../../minicluster/node/metrics-api.ts';
import { NodeAgent } from '../../minicluster/node/node-agent.ts';
import type { Machine } from '../../minicluster/node/node-object.ts';
import { nodeUsage } from '../../minicluster/node/node-usage.ts';
import { resourceMetricsText } from '../../minicluster/node/resource-metrics-text.ts';
import { usageText, withPeers } from '../../minicluster/node/peer-usage.ts';
import type { MetricsView } from '../../minicluster/node/resource-metrics.ts';
import { ServiceProxy } from '../../minicluster/node/service-proxy.ts';
import { listenLocally } from '../../minicluster/node/serve.ts';
import { realClock } from '../../platform/clock.ts';
import { nodeFiles } from '../../platform/files.ts';
import { freePort } from '../../platform/free-port.ts';
import { nodeProcesses } from '../../platform/processes.ts';
import { log as logLine, runProgram } from './run-program.ts';

const log = calmLog(logLine, realClock);

await runProgram(async (stop) => {
  const config = readConfig();
  const serving = { cert: read(config.serving.certFile), key: read(config.serving.keyFile) };
  const access = loadKubeconfig(read(config.kubeconfig), config.kubeconfig);
  const client = kubeClient(access);
  const processes = nodeProcesses();
  const ports = { client, clock: realClock, files: nodeFiles, processes, freePort, log, childEnv: childEnv() };
  const agent = new NodeAgent(config, ports, machine());
  const { nodeName } = config;
  const own = nodeUsage(agent, { clock: realClock, self: processes.self, nodeName, signal: stop });
  const auth = delegatedAuth({
    client,
    clock: realClock,
    onError: (error) => log(`delegated auth: ${describe(error)}`),
  });
  const kubelet = kubeletServer({
    agent,
    serving,
    nodeName,
    auth,
    clientCa: read(config.clientCaFile),
    resourceMetrics: () => resourceMetricsText(own),
    usage: () => usageText(own),
    now: realClock.now,
    log,
  });
  await listenLocally(kubelet, config.kubeletPort, 'the kubelet API');
  let view = own;
  const all: MetricsView = { now: () => view.now(), pods: () => view.pods(), nodes: () => view.nodes() };
  const metrics = metricsApiServer({ serving, auth, view: all, log });
  await listenLocally(metrics, config.metricsPort, 'metrics.k8s.io');
  await agent.start(stop);
  if (config.further !== true) {
    const kubeletOf = (port: number) => kubeClient({ ...access, server: `https://127.0.0.1:${port}` });
    const nodes = agent.neighbours?.nodes;
    if (nodes !== undefined)
      view = withPeers(own, { nodes, nodeName, kubelet: kubeletOf, clock: realClock, log, signal: stop });
    new ServiceProxy(agent, ports, config.stateDir).start(stop);
  }
  await aborted(stop);
  await agent.stop();
  auth.stop();
  closeServers(kubelet, metrics);
  client.close();
});

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function closeServers(...servers: readonly Server[]): void {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
}

function readConfig(): NodeConfig {
  const path = process.env[NODE_CONFIG_ENV];
  if (path === undefined || path === '') {
    throw new LabError('ML-NODE-CONFIG', { path: NODE_CONFIG_ENV, reason: 'the variable is not set' });
  }
  return parseNodeConfig(read(path), path);
}

function read(path: string): string {
  const text = nodeFiles.readText(path);
  if (text === undefined) throw new LabError('ML-NODE-CONFIG', { path, reason: 'there is no such file' });
  return text;
}

/** Children get no more of our environment than a program needs to run. */
function childEnv(): Record<string, string> {
  const passed = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(passed);
}

function machine(): Machine {
  return {
    architecture: arch() === 'arm64' ? 'arm64' : 'amd64',
    os: platform() === 'win32' ? 'windows' : platform(),
    kernelVersion: release(),
    osImage: /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(nodeFiles.readText('/etc/os-release') ?? '')?.[1] ?? version(),
    machineID: (nodeFiles.readText('/etc/machine-id') ?? '').trim(),
    bootID: (nodeFiles.readText('/proc/sys/kernel/random/boot_id') ?? '').trim(),
  };
}
