import type { KubeClient, KubeResponse, RequestOptions } from '../../../src/contracts/kube-client.ts';
import { LabError } from '../../../src/errors/lab-error.ts';
import { bundle, externalAnswer, QUEUE_PATH } from '../../helpers/evidence-view.ts';

type Json = Readonly<Record<string, unknown>>;
interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export const refused = (code: number): Answer => ({ status: code, body: { kind: 'Status', message: 'no', code } });

/** A fake API server that only answers GET from a table of paths; lists come in pages as they are asked for. */
export class FakeCluster implements KubeClient {
  readonly server = 'https://fake';
  readonly asked: string[] = [];
  headers: Readonly<Record<string, string>> = {};
  readonly #answers: Record<string, Answer | 'hangs'>;

  constructor(answers: Readonly<Record<string, Answer | 'hangs'>>) {
    this.#answers = { ...answers };
  }

  /** From now on another answer. */
  answer(path: string, answer: Answer): void {
    this.#answers[path] = answer;
  }

  async request(method: string, path: string, _body?: unknown, options?: RequestOptions): Promise<KubeResponse> {
    if (method !== 'GET' || options?.timeoutMs === undefined) throw new TypeError(`${method} ${path}`);
    this.asked.push(path);
    const url = new URL(path, this.server);
    const answer = this.#answers[url.pathname] ?? refused(404);
    if (answer === 'hangs') {
      const cause = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
      throw new LabError('ML-KUBE-UNREACHABLE', { server: this.server, reason: 'timeout' }, { cause });
    }
    return { status: answer.status, headers: this.headers, text: JSON.stringify(paged(answer.body, url.searchParams)) };
  }

  json: () => never = never;
  find: () => never = never;
  patch: () => never = never;
  watch: () => never = never;
  stream: () => never = never;
  close(): void {}
}

function never(): never {
  throw new TypeError('only GET is expected');
}

function paged(body: unknown, query: URLSearchParams): unknown {
  const { items } = body as { items?: readonly unknown[] };
  const limit = query.get('limit');
  if (items === undefined || limit === null) return body;
  const start = Number(query.get('continue') ?? 0);
  const end = start + Number(limit);
  return { items: items.slice(start, end), metadata: end < items.length ? { continue: String(end) } : {} };
}

const list = (...items: readonly unknown[]): Answer => ({ status: 200, body: { items } });

/** HPA of that name on the Deployment of that name, as the API server prints it, with annotations that nobody should see. */
export function hpa(name: string): Json {
  const { evidence } = bundle({}) as { evidence: { hpas: readonly [Json] } };
  const [{ metadata, spec, ...rest }] = evidence.hpas;
  const own = { ...(metadata as Json), name, annotations: { 'example.com/token': 'hunter2' } };
  return { ...rest, metadata: own, spec: { ...(spec as Json), scaleTargetRef: { ...DEPLOYMENT, name } } };
}
const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' };

function deployment(name: string): Json {
  const applied = { apiVersion: 'apps/v1', kind: 'Deployment', spec: { template: { env: 'hunter2' } } };
  return {
    ...DEPLOYMENT,
    metadata: {
      name,
      namespace: 'shop',
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(applied) },
    },
    spec: {
      replicas: 4,
      selector: { matchLabels: { app: name } },
      template: { spec: { containers: [{ name: 'web', env: [{ name: 'PASSWORD', value: 'hunter2' }] }] } },
    },
    status: { replicas: 4 },
  };
}

const READY = { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T10:00:00Z' };

function pod(name: string): Json {
  return {
    metadata: { name: `${name}-1`, namespace: 'shop', labels: { app: name } },
    spec: { containers: [{ name: 'web', env: [{ name: 'PASSWORD', value: 'hunter2' }] }] },
    status: { phase: 'Running', startTime: '2026-01-01T10:00:00Z', conditions: [READY] },
  };
}

/** Namespace shop with healthy HPAs on external metric "queue"; `more` replaces answers. */
export function shop(
  more: Readonly<Record<string, Answer | 'hangs'>> = {},
  names: readonly string[] = ['web'],
): FakeCluster {
  const event = {
    metadata: { name: 'e' },
    reason: 'SuccessfulRescale',
    note: 'call http://me:hunter2@shop failed',
    regarding: { kind: 'HorizontalPodAutoscaler', namespace: 'shop', name: names[0] },
  };
  const version = { major: '1', minor: '36', gitVersion: 'v1.36.3', platform: 'linux/amd64' };
  return new FakeCluster({
    '/version': { status: 200, body: version },
    '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers': list(...names.map(hpa)),
    '/apis/apps/v1/namespaces/shop/deployments': list(...names.map(deployment)),
    ...Object.fromEntries(
      names.map((name) => [
        `/apis/apps/v1/namespaces/shop/deployments/${name}`,
        { status: 200, body: deployment(name) },
      ]),
    ),
    '/apis/apps/v1/namespaces/shop/replicasets': list(),
    '/api/v1/namespaces/shop/pods': list(...names.map(pod)),
    '/apis/events.k8s.io/v1/namespaces/shop/events': list(event),
    '/apis/apiregistration.k8s.io/v1/apiservices': list(),
    [QUEUE_PATH]: { status: 200, body: (externalAnswer('40') as { body: unknown }).body },
    ...more,
  });
}
