import { describe, LabError } from '../../errors/lab-error.ts';
import { kubeClient } from '../../kube/client.ts';
import { loadKubeconfig } from '../../kube/kubeconfig.ts';
import { parseMetricsServerConfig, type MetricsServerConfig } from '../../metrics-server/config.ts';
import type { ProcessUse } from '../../metrics-server/own-metrics.ts';
import { startMetricsServer } from '../../metrics-server/start.ts';
import { realClock } from '../../platform/clock.ts';
import { nodeFiles } from '../../platform/files.ts';
import { openSource } from '../../sources/open-source.ts';
import { log, runProgram } from './run-program.ts';

/** How often the configuration file is looked at for changes. */
const RELOAD_MS = 2_000;

// The metrics API server of a lab. METRICS_SERVER_CONFIG names its configuration (src/metrics-server/config.ts).
await runProgram(async (stop) => {
  const path = process.env['METRICS_SERVER_CONFIG'];
  if (path === undefined || path === '')
    throw new LabError('ML-METRICS-CONFIG', { path: 'METRICS_SERVER_CONFIG', problems: 'the variable is not set' });
  const readFile = (file: string) => nodeFiles.readText(file);
  let text = textOf(path);
  const server = await startMetricsServer(parseMetricsServerConfig(text, path), {
    clock: realClock,
    random: Math.random,
    readFile,
    openSource: (config) => openSource(config, { clock: realClock, readFile }),
    client: (file) => kubeClient(loadKubeconfig(textOf(file), file)),
    processUse,
    log,
  });
  log(
    `metrics server listens at ${server.url}${server.writeUrl === undefined ? '' : `, writes at ${server.writeUrl}`}`,
  );
  while (!stop.aborted) {
    await realClock.sleep(RELOAD_MS, stop).catch(() => stop.aborted);
    tell(() => server.renewServing(), 'the new serving certificate is not used');
    const now = nodeFiles.readText(path);
    if (stop.aborted || now === undefined || now === text) continue;
    text = now;
    await reload(now);
  }
  await server.close();

  /** A broken file leaves everything as it is. */
  async function reload(next: string): Promise<void> {
    try {
      const config: MetricsServerConfig = parseMetricsServerConfig(next, path ?? '');
      await server.reload(config);
      log(`configuration taken over: ${config.metrics.length} metrics`);
    } catch (error) {
      log(`error: the new configuration is not used, the old one stays: ${describe(error)}`);
    }
  }
});

function tell(action: () => void, otherwise: string): void {
  try {
    action();
  } catch (error) {
    log(`error: ${otherwise}: ${describe(error)}`);
  }
}

function processUse(): ProcessUse {
  const { user, system } = process.cpuUsage();
  return {
    cpuSeconds: (user + system) / 1e6,
    residentBytes: process.memoryUsage.rss(),
    startSeconds: Math.floor((Date.now() - process.uptime() * 1000) / 1000),
  };
}

function textOf(path: string): string {
  const text = nodeFiles.readText(path);
  if (text === undefined) throw new LabError('ML-METRICS-CONFIG', { path, problems: 'there is no such file' });
  return text;
}
