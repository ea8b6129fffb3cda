import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { KubeClient } from '../../../src/contracts/kube-client.ts';
import { applyObject } from '../../../src/kube/apply.ts';

const GROUP = 'external.metrics.k8s.io';

/** external.metrics.k8s.io with one series whose value a test sets; what was asked is kept. */
export class ExternalMetric {
  value = '0';
  readonly asked: string[] = [];
  readonly #server: Server;

  constructor(certificate: { cert: Buffer; key: Buffer }) {
    this.#server = createServer(certificate, (request, response) => {
      const path = request.url ?? '';
      response.setHeader('content-type', 'application/json');
      if (!path.includes('/namespaces/')) {
        const resources = [{ name: 'queue_length', namespaced: true, kind: 'ExternalMetricValueList', verbs: ['get'] }];
        response.end(
          JSON.stringify({ kind: 'APIResourceList', apiVersion: 'v1', groupVersion: `${GROUP}/v1beta1`, resources }),
        );
        return;
      }
      this.asked.push(path);
      const item = {
        metricName: 'queue_length',
        metricLabels: { queue: 'jobs' },
        timestamp: '2026-11-22T12:00:00Z',
        value: this.value,
      };
      response.end(
        JSON.stringify({
          kind: 'ExternalMetricValueList',
          apiVersion: `${GROUP}/v1beta1`,
          metadata: {},
          items: [item],
        }),
      );
    });
  }

  /** Listens and registers itself, by a Service of type ExternalName as the lab does. */
  async start(client: KubeClient): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const metadata = { name: 'metric', namespace: 'default' };
    await applyObject(
      client,
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata,
        spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port }] },
      },
      'test',
    );
    await applyObject(
      client,
      {
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: { name: `v1beta1.${GROUP}` },
        spec: {
          group: GROUP,
          version: 'v1beta1',
          service: { name: 'metric', namespace: 'default', port },
          insecureSkipTLSVerify: true,
          groupPriorityMinimum: 100,
          versionPriority: 100,
        },
      },
      'test',
    );
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
