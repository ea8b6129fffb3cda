import { createHash } from 'node:crypto';
import { delimiter, join } from 'node:path';
import type { ComponentSpec } from '../contracts/component.ts';
import type { LabSpec } from '../contracts/lab-spec.ts';
import { LabError } from '../errors/lab-error.ts';
import { EXPORTER } from './manifests.ts';

/** As in the articles about such a pipeline: the HPA is at most one scrape, one poll and one sync behind the queue. */
export const SCRAPE_SECONDS = 5;

interface Pair {
  readonly cert: string;
  readonly key: string;
}

export interface PrometheusServerOptions {
  readonly program: string;
  /** For its configuration and data. */
  readonly dir: string;
  /** Of 127.0.0.1. */
  readonly port: number;
  readonly logFile: string;
  /** Files: the CA of the lab, what it serves with, and a client of it that may ask. */
  readonly caFile: string;
  readonly serving: Pair;
  readonly client: Pair;
  /** Where the exporter's Service is on this machine, `host:port`. */
  readonly exporter: string;
  readonly tokenFile: string;
}

export interface PrometheusServer {
  readonly component: ComponentSpec;
  readonly url: string;
  /** To be written (0600) before the component is declared. */
  readonly files: readonly { readonly path: string; readonly content: string }[];
}

/** Where Prometheus is on the search path. Raises ML-LAB-NO-PROMETHEUS. */
export function findPrometheus(searchPath: string, exists: (path: string) => boolean): string {
  const folders = searchPath.split(delimiter).filter((folder) => folder !== '');
  const found = folders.map((folder) => join(folder, 'prometheus')).find(exists);
  if (found !== undefined) return found;
  throw new LabError('ML-LAB-NO-PROMETHEUS', { path: searchPath === '' ? 'empty' : searchPath });
}

/**
 * The real Prometheus as a component named `prometheus`, which scrapes the exporter. It listens on loopback with TLS and answers
 * only clients with a certificate of the lab. Where the exporter is stands in a file of its own, which it reads again by itself.
 */
export function prometheusServer(spec: LabSpec, options: PrometheusServerOptions): PrometheusServer {
  const { program, dir, port, logFile, caFile, serving, client } = options;
  const path = (name: string) => join(dir, name);
  const files = [
    { path: path('prometheus.yml'), content: text(scrapeConfig(options, path('targets.json'))) },
    { path: path('web.yml'), content: text(webConfig(caFile, serving)) },
  ];
  const url = `https://127.0.0.1:${port}`;
  return {
    url,
    files: [...files, { path: path('targets.json'), content: text(targets(spec, options)) }],
    component: {
      name: 'prometheus',
      command: program,
      args: [
        `--config.file=${path('prometheus.yml')}`,
        `--web.config.file=${path('web.yml')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        `--storage.tsdb.path=${path('data')}`,
        '--storage.tsdb.retention.time=1d',
      ],
      // Its arguments stay the same when a file changes; the supervisor must see that it did.
      env: { METRICS_LAB_CONFIG_DIGEST: digest(files.map(({ content }) => content).join('\n')) },
      cwd: dir,
      after: [],
      health: { kind: 'http', url: `${url}/-/ready`, caFile, certFile: client.cert, keyFile: client.key },
      graceSeconds: 10,
      logFile,
      url,
    },
  };
}

/** Series of the exporter as metrics of its Service, as prometheus-adapter's users write it. */
export const QUEUE_RULES: readonly object[] = [
  {
    seriesQuery: '{__name__=~"^queue_.*",namespace!="",service!=""}',
    resources: { overrides: { namespace: { resource: 'namespace' }, service: { resource: 'service' } } },
    metricsQuery: 'sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)',
  },
];

/** The metrics server's part: the queue's length as a metric of the exporter's Service, by a rule as prometheus-adapter's users write it. */
export function prometheusRules({ url, caFile, client }: { url: string; caFile: string; client: Pair }): object {
  return {
    url,
    caFile,
    certFile: client.cert,
    keyFile: client.key,
    relistSeconds: SCRAPE_SECONDS,
    pollSeconds: 2,
    rules: QUEUE_RULES,
  };
}

function scrapeConfig({ tokenFile }: PrometheusServerOptions, targetsFile: string): object {
  return {
    global: { scrape_interval: `${SCRAPE_SECONDS}s`, scrape_timeout: `${SCRAPE_SECONDS - 1}s` },
    scrape_configs: [
      {
        job_name: EXPORTER,
        authorization: { credentials_file: tokenFile },
        file_sd_configs: [{ files: [targetsFile] }],
      },
    ],
  };
}

/** The labels are those that the Prometheus operator gives the targets of a Service. */
function targets({ namespace }: LabSpec, { exporter }: PrometheusServerOptions): object {
  return [{ targets: [exporter], labels: { namespace, service: EXPORTER } }];
}

function webConfig(caFile: string, { cert, key }: Pair): object {
  return {
    tls_server_config: {
      cert_file: cert,
      key_file: key,
      client_ca_file: caFile,
      client_auth_type: 'RequireAndVerifyClientCert',
    },
  };
}

/** JSON is YAML. */
function text(document: object): string {
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function digest(content: string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}
