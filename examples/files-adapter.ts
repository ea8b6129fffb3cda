// A metrics adapter: how many files wait in the folders below INBOX is an external metric, with the folder's name as label.
//   KUBECONFIG=... INBOX=/var/spool/jobs node examples/files-adapter.ts
// Then register its URL with an APIService v1beta1.external.metrics.k8s.io (caBundle: what it prints), and point an HPA at
//   external: { metric: { name: waiting_files, selector: { matchLabels: { folder: mails } } }, target: { type: AverageValue, averageValue: 10 } }
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ExternalMetricsProvider, serveMetrics } from 'metrics-lab/metrics-server';

const { KUBECONFIG = '', INBOX = '.', PORT = '0' } = process.env;

const waitingFiles: ExternalMetricsProvider = {
  listAllExternalMetrics: () => ['waiting_files'],
  async getExternalMetric({ metric, selector }) {
    if (metric !== 'waiting_files') return [];
    const entries = await readdir(INBOX, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory() && selector.matches({ folder: entry.name }));
    return await Promise.all(
      folders.map(async ({ name }) => ({
        labels: { folder: name },
        value: String((await readdir(join(INBOX, name))).length),
        timestampMs: Date.now(),
      })),
    );
  },
};

const server = await serveMetrics({ kubeconfig: KUBECONFIG, port: Number(PORT), external: waitingFiles, log: console.error });
console.log(JSON.stringify({ url: server.url, caBundle: server.caBundle }));
process.once('SIGTERM', () => void server.close());
