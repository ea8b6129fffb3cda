import { Agent, request as httpsRequest } from 'node:https';
import type { KubeObject } from '../../contracts/kube-client.ts';
import { fieldsOf, listOf, numberOf, textOf } from '../kinds/fields.ts';
import { ApiFailure, badRequest, notFound } from './failure.ts';
import type { Call, SpecialResource } from './resource.ts';

export interface KubeletAccess {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

const PASSED = ['follow', 'previous', 'sinceSeconds', 'sinceTime', 'timestamps', 'tailLines', 'limitBytes', 'stream'];
const PREFERRED = ['InternalIP', 'Hostname'];

/** `pods/log`: what the node's kubelet API answers, passed on as it comes (registry/core/pod/strategy.go LogLocation). */
export function podLog(access: KubeletAccess): SpecialResource {
  const agent = new Agent({ ...access, keepAlive: true });
  return {
    GET: (call) => {
      const { exchange, route, ports } = call;
      const { name = '', namespace = '' } = route;
      const pod = ports.rest.get(route.kind, namespace, name).object;
      const container = containerOf(pod, exchange.query.get('container') ?? '');
      const nodeName = textOf(fieldsOf(pod['spec'])['nodeName']);
      if (nodeName === '') {
        exchange.head(204, undefined);
        exchange.response.end();
        return Promise.resolve();
      }
      const query = new URLSearchParams();
      for (const each of PASSED) {
        const value = exchange.query.get(each);
        if (value !== null) query.set(each, value);
      }
      const path = `/containerLogs/${namespace}/${name}/${container}?${query.toString()}`;
      return passOn(call, agent, kubeletOf(call, nodeName), path);
    },
  };
}

function containerOf(pod: KubeObject, wanted: string): string {
  const { name } = pod.metadata;
  const spec = fieldsOf(pod['spec']);
  const names = (field: string) => listOf(spec[field]).map((container) => textOf(container['name']));
  const [own, init] = [names('containers'), names('initContainers')];
  if (wanted !== '') {
    if ([...own, ...init].includes(wanted)) return wanted;
    throw badRequest(`container ${wanted} is not valid for pod ${name}`);
  }
  const [first] = own;
  if (own.length === 1 && first !== undefined) return first;
  if (own.length === 0) throw badRequest(`a container name must be specified for pod ${name}`);
  const inits = init.length === 0 ? '' : ` or one of the init containers: [${init.join(' ')}]`;
  throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${own.join(' ')}]${inits}`);
}

function kubeletOf({ ports }: Call, nodeName: string): { readonly host: string; readonly port: number } {
  const nodes = ports.registry.get('', 'nodes');
  const found = nodes === undefined ? undefined : ports.rest.find(nodes, undefined, nodeName)?.object;
  if (found === undefined) throw notFound({ group: '', plural: 'pods' }, nodeName);
  const status = fieldsOf(found['status']);
  const addresses = listOf(status['addresses']);
  const port = numberOf(fieldsOf(fieldsOf(status['daemonEndpoints'])['kubeletEndpoint'])['Port']);
  for (const type of PREFERRED) {
    const address = addresses.find((each) => each['type'] === type);
    if (address !== undefined) return { host: textOf(address['address']), port: port === 0 ? 10_250 : port };
  }
  throw new ApiFailure(500, undefined, `no preferred addresses found; known addresses: []`);
}

function passOn(
  { exchange }: Call,
  agent: Agent,
  { host, port }: { readonly host: string; readonly port: number },
  path: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const upstream = httpsRequest({ agent, host, port, path, method: 'GET' }, (answer) => {
      const status = answer.statusCode ?? 502;
      exchange.head(status, answer.headers['content-type'] ?? 'text/plain');
      answer.pipe(exchange.response);
      answer.once('end', resolve);
      answer.once('error', () => exchange.response.end());
    });
    upstream.once('error', (error) => {
      if (exchange.response.headersSent) return resolve();
      const message = `Get "https://${host}:${port}${path}": ${error.message}`;
      reject(new ApiFailure(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] }));
    });
    exchange.response.once('close', () => {
      upstream.destroy();
      resolve();
    });
    upstream.end();
  });
}
