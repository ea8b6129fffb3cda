import type { Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Clock } from '../contracts/clock.ts';
import type { KubeClient } from '../contracts/kube-client.ts';
import type { MetricSource } from '../contracts/metric-source.ts';
import { describe, LabError } from '../errors/lab-error.ts';
import { parseAuthConfig } from '../kube/aggregated-auth/auth-config.ts';
import { delegatedAuth, standaloneAuth } from '../kube/aggregated-auth/delegated-auth.ts';
import { aggregatedTlsOptions } from '../kube/aggregated-auth/tls-options.ts';
import type { DelegatedAuth } from '../kube/aggregated-auth/types.ts';
import type { SourceConfig } from '../sources/config.ts';
import { eitherCustom } from './all-custom.ts';
import { allExternal } from './all-external.ts';
import type { Answered } from './api/handler.ts';
import type { MetricsServerConfig } from './config.ts';
import { describedObject, resourceKindOf } from './described-object.ts';
import { apiServer, type ServingPair } from './http/api-server.ts';
import { closeServer, listenOn } from './http/listen.ts';
import { writeServer } from './http/write-server.ts';
import { type CustomWrite, MemoryMetrics } from './memory/memory-metrics.ts';
import { ClusterDirectory } from './objects/cluster-directory.ts';
import type { ObjectDirectory } from './objects/directory.ts';
import { staticDirectory } from './objects/static-directory.ts';
import { OwnMetrics, type ProcessUse } from './own-metrics.ts';
import { ObjectMetrics } from './polling/object-metrics.ts';
import { Polls } from './polling/polls.ts';
import { RuleMetrics } from './polling/rule-metrics.ts';
import { selfMadeServing } from './self-made-serving.ts';

export interface MetricsServerPorts {
  readonly clock: Clock;
  readonly random: () => number;
  /** The text of a file; undefined when there is none. */
  readonly readFile: (path: string) => string | undefined;
  readonly openSource: (config: SourceConfig) => MetricSource;
  /** A client for a kubeconfig file. */
  readonly client: (kubeconfigFile: string) => KubeClient;
  readonly processUse: () => ProcessUse;
  readonly log: (line: string) => void;
}

export interface RunningMetricsServer {
  readonly url: string;
  readonly writeUrl: string | undefined;
  /** Takes over the metrics of another configuration; its other parts need a restart. Raises ML-SOURCE-*. */
  reload(config: MetricsServerConfig): Promise<void>;
  /** Takes over the files of certificate and key when they have changed; a broken pair raises and changes nothing. */
  renewServing(): void;
  close(): Promise<void>;
}

const DEFAULT_MAX_VALUES = 100_000;

/** Starts a metrics server as its configuration says. Raises ML-METRICS-CONFIG, ML-METRICS-LISTEN, ML-SOURCE-*, ML-KUBE-CONFIG. */
export async function startMetricsServer(
  config: MetricsServerConfig,
  ports: MetricsServerPorts,
): Promise<RunningMetricsServer> {
  await using stack = new AsyncDisposableStack();
  const { clock, log } = ports;
  const { auth, objects } = identityOf(config, ports, stack);
  const own = new OwnMetrics();
  const memory = new MemoryMetrics(clock, config.write?.maxValues ?? DEFAULT_MAX_VALUES);
  const rules = new RuleMetrics(clock);
  const objectRules = new ObjectMetrics(clock);
  const custom = servesCustom(config);
  const polls = new Polls(ports.openSource, { clock, random: ports.random, onState: sourceLog(log) });
  stack.defer(() => polls.stop());
  const use = async (next: MetricsServerConfig) => {
    if (servesCustom(next) && !custom) throw needsRestart();
    const polled = await polls.replace(next.metrics);
    rules.replace(polled.external);
    objectRules.replace(polled.custom);
    seed(memory, next);
  };
  await use(config);

  const serving = servingOf(config, ports);
  const api = apiServer(serving, {
    auth,
    clock,
    external: allExternal([rules, memory]),
    custom: custom ? { provider: eitherCustom(memory, objectRules), objects } : undefined,
    ownMetrics: () => own.text(ports.processUse(), polls.all, clock.now()),
    onAnswer: (seen) => {
      own.seen(seen);
      faultLog(seen, log);
    },
  });
  const port = await open(api, config.listen, clock, stack);
  const writeUrl = await openWrite(config, { memory, objects, log, ports }, stack);
  const running = stack.move();
  return {
    url: `https://${config.listen.host}:${port}`,
    writeUrl,
    reload: use,
    renewServing: servingRenewal(api, serving, config, ports),
    close: () => running.disposeAsync(),
  };
}

function identityOf(
  config: MetricsServerConfig,
  ports: MetricsServerPorts,
  stack: AsyncDisposableStack,
): { readonly auth: DelegatedAuth; readonly objects: ObjectDirectory } {
  const { clock, log } = ports;
  const onError = (error: LabError) => log(`error: ${describe(error)}`);
  if (config.kubeconfigFile !== undefined) {
    const client = stack.adopt(ports.client(config.kubeconfigFile), (one) => one.close());
    const auth = stack.adopt(delegatedAuth({ client, clock, onError }), (one) => one.stop());
    const objects = stack.adopt(new ClusterDirectory(client, clock, onError), (one) => one.stop());
    return { auth, objects };
  }
  const { clientCaFile, requestHeaderCaFile, allowedNames = [], objectsFile } = config.standalone ?? {};
  const data = {
    ...(clientCaFile === undefined ? {} : { 'client-ca-file': needed(ports, clientCaFile) }),
    ...(requestHeaderCaFile === undefined
      ? {}
      : { 'requestheader-client-ca-file': needed(ports, requestHeaderCaFile) }),
    'requestheader-allowed-names': JSON.stringify(allowedNames),
    'requestheader-username-headers': '["X-Remote-User"]',
    'requestheader-group-headers': '["X-Remote-Group"]',
    'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
  };
  const list: unknown = objectsFile === undefined ? { items: [] } : JSON.parse(needed(ports, objectsFile));
  return {
    auth: standaloneAuth(parseAuthConfig({ metadata: { name: 'standalone' }, data }).config, clock),
    objects: staticDirectory(list),
  };
}

function servingOf(config: MetricsServerConfig, ports: MetricsServerPorts): ServingPair {
  if (config.serving === undefined) return selfMadeServing(['127.0.0.1', 'localhost'], ports.clock.now());
  return { cert: needed(ports, config.serving.certFile), key: needed(ports, config.serving.keyFile) };
}

function servingRenewal(
  api: SecureServer,
  first: ServingPair,
  config: MetricsServerConfig,
  ports: MetricsServerPorts,
): () => void {
  let serving = first;
  return () => {
    if (config.serving === undefined) return;
    const now = servingOf(config, ports);
    if (now.cert === serving.cert && now.key === serving.key) return;
    api.setSecureContext(aggregatedTlsOptions(now));
    serving = now;
    ports.log('the new serving certificate is in use');
  };
}

async function openWrite(
  { write }: MetricsServerConfig,
  {
    memory,
    objects,
    log,
    ports,
  }: { memory: MemoryMetrics; objects: ObjectDirectory; log: (line: string) => void; ports: MetricsServerPorts },
  stack: AsyncDisposableStack,
): Promise<string | undefined> {
  if (write === undefined) return undefined;
  const token = needed(ports, write.tokenFile).trim();
  if (token === '') throw new LabError('ML-METRICS-CONFIG', { path: write.tokenFile, problems: 'the file is empty' });
  const server = writeServer({ token, memory, objects, onError: (error) => log(`error: ${describe(error)}`) });
  return `http://${write.host}:${await open(server, write, ports.clock, stack)}`;
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

/** Custom metrics are served where some can be written or are configured. */
function servesCustom({ write, metrics }: MetricsServerConfig): boolean {
  return write !== undefined || metrics.some(({ object }) => object !== undefined);
}

function needsRestart(): LabError {
  const problems = 'there was no custom metric before: to serve that API the metrics server must be started again';
  return new LabError('ML-METRICS-CONFIG', { path: 'metrics', problems });
}

/** The series that the configuration itself names, in place of those of the one before. */
function seed(memory: MemoryMetrics, config: MetricsServerConfig): void {
  const external = config.metrics.flatMap(({ name, labels, namespace, namespaces, object, source }) => {
    if (source.type !== 'memory' || object !== undefined) return [];
    return source.series.flatMap((one) =>
      (namespaces ?? [namespace]).map((place) => ({
        metric: name,
        namespace: place,
        labels: { ...one.labels, ...labels },
        value: one.value,
      })),
    );
  });
  const custom = config.metrics.flatMap(({ name, labels, object, source }) => {
    if (source.type !== 'memory' || object === undefined) return [];
    return source.series.flatMap((one): CustomWrite[] => {
      const described = describedObject(object, { ...one.labels, ...labels });
      if (described === undefined) return [];
      return [{ ...described, metric: name, resource: resourceKindOf(object), value: one.value }];
    });
  });
  memory.replaceConstants(external, custom);
}

function needed({ readFile }: MetricsServerPorts, path: string): string {
  const text = readFile(path);
  if (text === undefined) throw new LabError('ML-METRICS-CONFIG', { path, problems: 'there is no such file' });
  return text;
}

function sourceLog(log: (line: string) => void): (source: string, error: LabError | undefined) => void {
  return (source, error) =>
    log(error === undefined ? `source ${source} answers` : `error: source ${source}: ${describe(error)}`);
}

/** One line for a fault that is ours; the same fault is told by `sourceLog` once, not at every query. */
function faultLog({ fault, url, status }: Answered, log: (line: string) => void): void {
  if (fault === undefined || fault.id.startsWith('ML-METRIC-')) return;
  log(`error: ${status} for ${url.slice(0, 300)}: ${describe(fault)}`);
}
