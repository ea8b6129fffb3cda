import { LabError } from '../../errors/lab-error.ts';
import { kubeClient } from '../../kube/client.ts';
import { loadKubeconfig } from '../../kube/kubeconfig.ts';
import { parseMetricsServerConfig } from '../../metrics-server/config.ts';
import { failureEvent, type LogEvent, logLine } from '../../metrics-server/log.ts';
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
    log: write,
  });
  const writes = server.writeUrl === undefined ? {} : { write: server.writeUrl };
  const scaler = server.scalerAddress === undefined ? {} : { scaler: server.scalerAddress };
  write({
    level: 'info',
    event: 'listening',
    text: 'the metrics server listens',
    fields: { url: server.url, ...writes, ...scaler },
  });
  while (!stop.aborted) {
    await realClock.sleep(RELOAD_MS, stop).catch(() => stop.aborted);
    tell(() => server.renewServing(), 'the new serving certificate is not used');
    const now = nodeFiles.readText(path);
    if (stop.aborted || now === undefined || now === text) continue;
    text = now;
    await server.reload(() => parseMetricsServerConfig(now, path));
  }
  await server.close();
});

function write(event: LogEvent): void {
  log(logLine(event));
}

function tell(action: () => void, otherwise: string): void {
  try {
    action();
  } catch (error) {
    const told = failureEvent('serving-refused', error);
    write({ ...told, text: `${otherwise}: ${told.text}` });
  }
}

function processUse(): ProcessUse {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  return {
    cpuSeconds: (user + system) / 1e6,
    residentBytes: rss,
    heapBytes: heapUsed,
    externalBytes: external,
    startSeconds: Math.floor((Date.now() - process.uptime() * 1000) / 1000),
  };
}

function textOf(path: string): string {
  const text = nodeFiles.readText(path);
  if (text === undefined) throw new LabError('ML-METRICS-CONFIG', { path, problems: 'there is no such file' });
  return text;
}
