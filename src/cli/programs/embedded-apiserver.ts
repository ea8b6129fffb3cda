import { join } from 'node:path';
import type { KubeClient } from '../../contracts/kube-client.ts';
import { LabError } from '../../errors/lab-error.ts';
import { DEFAULT_FLAGS, type Platform } from '../../hpa/index.ts';
import { kubeClient } from '../../kube/client.ts';
import { EMBEDDED_CONFIG_ENV, type EmbeddedConfig, parseEmbeddedConfig } from '../../minicluster/config.ts';
import type { HpaControllerOptions } from '../../minicluster/controllers/hpa/hpa-controller.ts';
import { decisionsPath } from '../../minicluster/controllers/decisions-path.ts';
import { type RunningControllers, startControllers } from '../../minicluster/controllers/start.ts';
import { embeddedServer } from '../../minicluster/embedded-server.ts';
import { realClock } from '../../platform/clock.ts';
import { nodeFiles } from '../../platform/files.ts';
import { log, runProgram } from './run-program.ts';

await runProgram(async (stop) => {
  const config = readConfig();
  nodeFiles.ensureDir(config.stateDir, 0o700);
  const failed = Promise.withResolvers<never>();
  const running: { controllers?: RunningControllers } = {};
  using server = embeddedServer({
    paths: [decisionsPath(() => running.controllers)],
    database: join(config.stateDir, 'objects.db'),
    serving: { cert: read(config.serving.certFile), key: read(config.serving.keyFile) },
    clientCa: read(config.clientCaFile),
    requestHeaderCa: read(config.frontProxy.caFile),
    serviceAccounts: {
      privateKey: read(config.serviceAccounts.keyFile),
      publicKey: read(config.serviceAccounts.publicKeyFile),
    },
    frontProxy: { cert: read(config.frontProxy.certFile), key: read(config.frontProxy.keyFile) },
    kubeletClient: { cert: read(config.kubeletClient.certFile), key: read(config.kubeletClient.keyFile) },
    clock: realClock,
    log,
    afterTurn: setImmediate,
    fatal: failed.reject,
  });
  const port = await server.listen(config.port);
  const ca = read(config.clientCaFile);
  const { certFile, keyFile } = config.hpaClient;
  const access = { server: `https://127.0.0.1:${port}`, context: 'hpa', ca, cert: read(certFile), key: read(keyFile) };
  const metrics = kubeClient(access);
  running.controllers = startControllers({
    ...server,
    clock: realClock,
    signal: stop,
    log,
    ca,
    ...(config.nodeGraceSeconds === undefined ? {} : { nodeGraceSeconds: config.nodeGraceSeconds }),
    disabled: config.disabledControllers,
    hpa: hpaOptions(config, metrics),
  });
  log(`serving on https://127.0.0.1:${port}`);
  const stopped = new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    stop.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([stopped, failed.promise]);
});

function hpaOptions(
  { kubernetesVersion, syncPeriodSeconds }: EmbeddedConfig,
  metrics: KubeClient,
): HpaControllerOptions {
  const minor = Number(kubernetesVersion.split('.')[1]);
  const platform: Platform = {
    minor,
    arch: process.arch === 'arm64' ? 'arm64' : 'amd64',
    gates: { HPAScaleToZero: true },
  };
  return { platform, flags: DEFAULT_FLAGS, syncPeriodSeconds, metrics };
}

function readConfig(): EmbeddedConfig {
  const path = process.env[EMBEDDED_CONFIG_ENV];
  if (path === undefined || path === '') {
    throw new LabError('ML-NODE-CONFIG', { path: EMBEDDED_CONFIG_ENV, reason: 'the variable is not set' });
  }
  return parseEmbeddedConfig(read(path), path);
}

function read(path: string): string {
  const text = nodeFiles.readText(path);
  if (text === undefined) throw new LabError('ML-NODE-CONFIG', { path, reason: 'there is no such file' });
  return text;
}
