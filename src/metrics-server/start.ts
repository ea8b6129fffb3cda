import type { Server } from 'node:http';
import type { Clock } from '../contracts/clock.ts';
import { describe, LabError } from '../errors/lab-error.ts';
import { Faults } from './admin/faults.ts';
import { QueryLog } from './admin/query-log.ts';
import type { Answered } from './api/handler.ts';
import type { MetricsServerConfig } from './config.ts';
import { ConfigState } from './config-state.ts';
import { serveScaler } from './external-scaler/serve-scaler.ts';
import { apiServer, type ServingPair } from './http/api-server.ts';
import { closeServer, listenOn } from './http/listen.ts';
import { writeServer } from './http/write-server.ts';
import { identityOf } from './identity.ts';
import { failureEvent, type MetricsLog } from './log.ts';
import type { MemoryMetrics } from './memory/memory-metrics.ts';
import { Metrics } from './metrics.ts';
import type { ObjectDirectory } from './objects/directory.ts';
import { OwnMetrics } from './own-metrics.ts';
import { type MetricsServerPorts, neededFile } from './ports.ts';
import { servingOf, servingRenewal } from './serving.ts';

export interface RunningMetricsServer {
  readonly url: string;
  readonly writeUrl: string | undefined;
  /** `host:port` of the external scaler. */
  readonly scalerAddress: string | undefined;
  /**
   * Takes over the metrics of another configuration; its other parts need a restart. A configuration that cannot be used (`parse`
   * raises, or a source of it) changes nothing: the error is in the log, `/metrics` and the report.
   */
  reload(parse: () => MetricsServerConfig): Promise<void>;
  /** Takes over the files of certificate and key when they have changed; a broken pair raises and changes nothing. */
  renewServing(): void;
  /** Answers for `shutdownDelaySeconds` more, then ends. */
  close(): Promise<void>;
}

/** Starts a metrics server as its configuration says. Raises ML-METRICS-CONFIG, ML-METRICS-LISTEN, ML-SOURCE-*, ML-KUBE-CONFIG. */
export async function startMetricsServer(
  config: MetricsServerConfig,
  ports: MetricsServerPorts,
): Promise<RunningMetricsServer> {
  await using stack = new AsyncDisposableStack();
  const { clock, log } = ports;
  const { auth, objects } = identityOf(config, ports, stack);
  const metrics = new Metrics(config, ports, objects);
  stack.defer(() => metrics.stop());
  await metrics.use(config);
  const own = new OwnMetrics();
  const state = new ConfigState(clock);
  const faults = new Faults(clock);
  const queries = new QueryLog();
  const serving = servingOf(config, ports);
  const api = apiServer(serving, {
    auth,
    clock,
    external: metrics.external,
    custom: metrics.custom === undefined ? undefined : { provider: metrics.custom, objects },
    admin: {
      faults,
      queries,
      report: () => ({ metrics: metrics.report(), faults: faults.list(), config: state.report() }),
    },
    ownMetrics: () =>
      own.text({ use: ports.processUse(), polls: metrics.polls, now: clock.now(), state, faults: faults.list() }),
    onAnswer: (seen) => {
      own.seen(seen);
      if (seen.target?.kind === 'external' || seen.target?.kind === 'custom')
        queries.add(seen, clock.now(), metrics.readingFor(seen));
      faultLog(seen, log);
    },
  });
  const port = await open(api, config.listen, clock, stack);
  const writeUrl = await openWrite(config, { memory: metrics.memory, objects, ports }, stack);
  const scalerAddress = await openScaler(config, { serving, metrics, ports }, stack);
  const running = stack.move();
  return {
    url: `https://${config.listen.host}:${port}`,
    writeUrl,
    scalerAddress,
    reload: (parse) => reload(parse, metrics, state, log),
    renewServing: servingRenewal(api, serving, config, ports),
    close: async () => {
      if (config.shutdownDelaySeconds > 0) {
        // Whoever keeps a connection for the next query takes another server's then.
        api.prependListener('request', (_request, response) => response.setHeader('Connection', 'close'));
        await clock.sleep(config.shutdownDelaySeconds * 1000);
      }
      await running.disposeAsync();
    },
  };
}

async function reload(
  parse: () => MetricsServerConfig,
  metrics: Metrics,
  state: ConfigState,
  log: MetricsLog,
): Promise<void> {
  try {
    const config = parse();
    await metrics.use(config);
    state.onTaken();
    log({ level: 'info', event: 'config-taken', text: `configuration taken over: ${config.metrics.length} metrics` });
  } catch (error) {
    state.onRefused(describe(error));
    const told = failureEvent('config-refused', error);
    log({ ...told, text: `the new configuration is not used, the old one stays: ${told.text}` });
  }
}

async function openWrite(
  { write }: MetricsServerConfig,
  { memory, objects, ports }: { memory: MemoryMetrics; objects: ObjectDirectory; ports: MetricsServerPorts },
  stack: AsyncDisposableStack,
): Promise<string | undefined> {
  if (write === undefined) return undefined;
  const token = neededFile(ports, write.tokenFile).trim();
  if (token === '') throw new LabError('ML-METRICS-CONFIG', { path: write.tokenFile, problems: 'the file is empty' });
  const server = writeServer({
    token,
    memory,
    objects,
    onError: (error) => ports.log(failureEvent('write-failed', error)),
  });
  return `http://${write.host}:${await open(server, write, ports.clock, stack)}`;
}

/** gRPC is loaded only when it is asked for: it takes 20 MB. */
async function openScaler(
  { externalScaler }: MetricsServerConfig,
  { serving, metrics, ports }: { serving: ServingPair; metrics: Metrics; ports: MetricsServerPorts },
  stack: AsyncDisposableStack,
): Promise<string | undefined> {
  if (externalScaler === undefined) return undefined;
  const { clientCaFile, ...where } = externalScaler;
  const clientCa = neededFile(ports, clientCaFile);
  const provider = metrics.external;
  const scaler = await serveScaler({ ...where, clientCa, serving, provider, clock: ports.clock });
  stack.defer(() => scaler.close());
  return `${externalScaler.host}:${scaler.port}`;
}

async function open(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
  clock: Clock,
  stack: AsyncDisposableStack,
): Promise<number> {
  const listening = await listenOn(server, host, port);
  stack.defer(() => closeServer(server, clock));
  return listening;
}

/** One line for a fault that is ours; that of a source is told once by its poll, not at every query. */
function faultLog({ fault, url, status }: Answered, log: MetricsLog): void {
  if (fault === undefined || fault.id.startsWith('ML-METRIC-')) return;
  log(failureEvent('query-failed', fault, { status, url: url.slice(0, 300) }));
}
