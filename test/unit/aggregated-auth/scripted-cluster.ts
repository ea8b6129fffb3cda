import type { KubeClient, KubeResponse, RequestOptions, WatchEvent } from '../../../src/contracts/kube-client.ts';

type Answer = (body: unknown) => { readonly status: number; readonly body: unknown } | Error;

/** A cluster of which only the authentication ConfigMap and the two reviews exist; what was asked is kept. */
export class ScriptedCluster implements KubeClient {
  readonly server = 'https://scripted.invalid';
  readonly asked: { readonly path: string; readonly body: unknown }[] = [];
  data: Record<string, string> | undefined;
  token: Answer = () => ({ status: 201, body: { status: { authenticated: false, error: 'no such token' } } });
  access: Answer = () => ({ status: 201, body: { status: { allowed: false } } });
  #version = 1;
  readonly #waiting: ((event: WatchEvent) => void)[] = [];

  constructor(data?: Record<string, string>) {
    this.data = data;
  }

  change(data: Record<string, string>): void {
    this.data = data;
    this.#version += 1;
    for (const tell of this.#waiting) tell({ type: 'MODIFIED', object: this.#map() });
  }

  async request(method: string, path: string, body?: unknown): Promise<KubeResponse> {
    if (method === 'POST') this.asked.push({ path, body });
    const answer = path.includes('tokenreviews') ? this.token(body) : this.access(body);
    if (answer instanceof Error) throw answer;
    return { status: answer.status, headers: {}, text: JSON.stringify(answer.body) };
  }
  async json(): Promise<unknown> {
    return {
      metadata: { resourceVersion: String(this.#version) },
      items: this.data === undefined ? [] : [this.#map()],
    };
  }
  async find(): Promise<unknown> {
    return this.data === undefined ? undefined : this.#map();
  }
  async patch(): Promise<unknown> {
    throw new Error('nothing is written');
  }
  async *watch(_path: string, options: RequestOptions & { readonly signal: AbortSignal }): AsyncGenerator<WatchEvent> {
    for (;;) {
      const event = await new Promise<WatchEvent | undefined>((resolve) => {
        options.signal.addEventListener('abort', () => resolve(undefined), { once: true });
        this.#waiting.push(resolve);
      });
      if (event === undefined) return;
      yield event;
    }
  }
  async *stream(): AsyncGenerator<Uint8Array> {}
  close(): void {}

  #map(): unknown {
    const metadata = {
      name: 'extension-apiserver-authentication',
      namespace: 'kube-system',
      resourceVersion: String(this.#version),
    };
    return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: this.data };
  }
}
