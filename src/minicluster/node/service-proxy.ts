import { join } from 'node:path';
import { z } from 'zod';
import type { ListWatch } from '../../contracts/kube-client.ts';
import { describe } from '../../errors/lab-error.ts';
import { isStatus } from '../../kube/client.ts';
import { listWatch } from '../../kube/list-watch.ts';
import { HttpProxy } from './http-proxy.ts';
import { LocalProxy } from './local-proxy.ts';
import type { NodeAgent } from './node-agent.ts';
import type { NodePorts } from './node-ports.ts';
import { HOST_IP } from './pod-status.ts';
import type { Pod } from './pod.ts';
import { announcedPorts, hostPortFor } from './pod-ports.ts';
import { addressAnnotation, parseService, type Service, type ServicePort } from './service.ts';

const Saved = z.record(z.string(), z.int());

/**
 * What kube-proxy is elsewhere: for each port of each Service with a selector one local port that spreads connections
 * over the ready pods, and requests where the port's appProtocol is http. Where it is stands in the Service's annotation
 * metricslab.dev/local-address; it stays the same over restarts of the node when it can.
 */
export class ServiceProxy {
  readonly #agent: NodeAgent;
  readonly #ports: NodePorts;
  readonly #file: string;
  readonly #proxies = new Map<string, LocalProxy | HttpProxy>();
  readonly #saved: Map<string, number>;
  #services: ListWatch<Service> | undefined;
  #working: Promise<void> = Promise.resolve();

  constructor(agent: NodeAgent, ports: NodePorts, stateDir: string) {
    this.#agent = agent;
    this.#ports = ports;
    this.#file = join(stateDir, 'service-ports.json');
    this.#saved = new Map(Object.entries(readSaved(ports, this.#file)));
  }

  start(signal: AbortSignal): void {
    const { client, clock, log } = this.#ports;
    const services = listWatch(client, '/api/v1/services', {
      parse: parseService,
      clock,
      signal,
      onError: (error) => log(`services: ${describe(error)}`),
    });
    this.#services = services;
    services.onChange(() => {
      this.#working = this.#working.then(() => (signal.aborted ? undefined : this.#sync(services.items())));
    });
    signal.addEventListener('abort', () => this.#close(), { once: true });
  }

  /** Makes a proxy for every port that has none, removes those of deleted services, and writes the annotations. */
  async #sync(services: readonly Service[]): Promise<void> {
    const wanted = new Set<string>();
    for (const service of services) {
      const addresses: Record<string, string> = {};
      for (const port of service.ports) {
        const key = keyOf(service, port);
        wanted.add(key);
        try {
          const proxy = this.#proxies.get(key) ?? (await this.#open(key, service, port));
          addresses[addressAnnotation(service, port)] = `${HOST_IP}:${proxy.port}`;
        } catch (error) {
          this.#ports.log(`proxy of service ${key}: ${describe(error)}`);
        }
      }
      await this.#annotate(service, addresses);
    }
    for (const [key, proxy] of this.#proxies) {
      if (wanted.has(key)) continue;
      proxy.close();
      this.#proxies.delete(key);
      this.#saved.delete(key);
      this.#save();
    }
  }

  async #open(key: string, service: Service, port: ServicePort): Promise<LocalProxy | HttpProxy> {
    const { namespace, name } = service.metadata;
    const targets = () => this.#targets(namespace, name, port);
    const make = () => (port.appProtocol === 'http' ? new HttpProxy(targets) : new LocalProxy(targets));
    let proxy = make();
    if (!(await proxy.listen(this.#saved.get(key) ?? 0))) {
      proxy = make();
      await proxy.listen(0);
    }
    this.#proxies.set(key, proxy);
    this.#saved.set(key, proxy.port);
    this.#save();
    return proxy;
  }

  /** Host ports of the ready pods behind a Service's port, by the Service as it is now. */
  #targets(namespace: string | undefined, name: string, { name: portName, port }: ServicePort): readonly number[] {
    const service = this.#services?.get(namespace, name);
    const current = service?.ports.find((one) => one.name === portName && one.port === port);
    if (service === undefined || current === undefined) return [];
    const target = current.targetPort ?? current.port;
    const own = this.#agent.workers
      .filter((worker) => selects(service, worker.pod()) && worker.ready)
      .flatMap((worker) => hostPortFor(worker.pod(), worker.hostPorts, target) ?? []);
    const elsewhere = (this.#agent.neighbours?.pods.items() ?? [])
      .filter((pod) => selects(service, pod) && isReady(pod))
      .flatMap((pod) => hostPortFor(pod, announcedPorts(pod), target) ?? []);
    return [...own, ...elsewhere];
  }

  async #annotate(service: Service, addresses: Readonly<Record<string, string>>): Promise<void> {
    const { name, namespace = '', annotations = {} } = service.metadata;
    if (Object.entries(addresses).every(([key, value]) => annotations[key] === value)) return;
    try {
      const path = `/api/v1/namespaces/${namespace}/services/${name}`;
      await this.#ports.client.patch(path, 'merge', { metadata: { annotations: addresses } });
    } catch (error) {
      if (!isStatus(error, 404)) this.#ports.log(`annotating service ${namespace}/${name}: ${describe(error)}`);
    }
  }

  #save(): void {
    this.#ports.files.writeAtomic(this.#file, JSON.stringify(Object.fromEntries(this.#saved)));
  }

  #close(): void {
    for (const proxy of this.#proxies.values()) proxy.close();
  }
}

function selects(service: Service, { metadata: { namespace, labels = {} } }: Pod): boolean {
  if (namespace !== service.metadata.namespace) return false;
  return Object.entries(service.selector).every(([key, value]) => labels[key] === value);
}

function isReady({ metadata, status }: Pod): boolean {
  if (metadata.deletionTimestamp !== undefined) return false;
  return status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true;
}

function keyOf(service: Service, port: ServicePort): string {
  const { namespace = '', name } = service.metadata;
  return `${namespace}/${name}/${port.name ?? port.port}`;
}

/** Ports of an earlier run; a damaged file costs only that they are chosen anew. */
function readSaved(ports: NodePorts, path: string): Readonly<Record<string, number>> {
  const text = ports.files.readText(path);
  if (text === undefined) return {};
  try {
    return Saved.safeParse(JSON.parse(text)).data ?? {};
  } catch (error) {
    ports.log(`${path} is damaged and begun anew: ${describe(error)}`);
    return {};
  }
}
