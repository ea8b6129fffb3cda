import { join } from 'node:path';
import { LabError } from '../../errors/lab-error.ts';
import { EMBEDDED_CONFIG_ENV, type EmbeddedConfig, parseEmbeddedConfig } from '../../minicluster/config.ts';
import { startControllers } from '../../minicluster/controllers/start.ts';
import { embeddedServer } from '../../minicluster/embedded-server.ts';
import { realClock } from '../../platform/clock.ts';
import { nodeFiles } from '../../platform/files.ts';
import { log, runProgram } from './run-program.ts';

await runProgram(async (stop) => {
  const config = readConfig();
  nodeFiles.ensureDir(config.stateDir, 0o700);
  using server = embeddedServer({
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
  });
  await server.listen(config.port);
  startControllers({
    ...server,
    clock: realClock,
    signal: stop,
    log,
    ca: read(config.clientCaFile),
    disabled: config.disabledControllers,
  });
  log(`serving on https://127.0.0.1:${config.port}`);
  await new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    stop.addEventListener('abort', () => resolve(), { once: true });
  });
});

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
