import { type ClientHttp2Session, connect } from 'node:http2';
import { readFileSync } from 'node:fs';
import { loadKubeconfig } from '../../src/kube/kubeconfig.ts';

/** Bytes that may be on their way before a server waits for us to say we took them. */
const WINDOW = 16 * 1024 * 1024;

/** One HTTP/2 connection to an API server as the user of a kubeconfig. */
export class Api implements Disposable {
  readonly #session: ClientHttp2Session;

  private constructor(session: ClientHttp2Session) {
    this.#session = session;
  }

  static async open(kubeconfig: string): Promise<Api> {
    const { server, ca, cert, key } = loadKubeconfig(readFileSync(kubeconfig, 'utf8'), kubeconfig);
    const session = connect(server, { ca, cert, key, settings: { initialWindowSize: WINDOW } });
    await new Promise<void>((resolve, reject) => {
      session.once('connect', () => resolve());
      session.once('error', reject);
    });
    session.setLocalWindowSize(WINDOW);
    return new Api(session);
  }

  /** The body of an answer; anything but 2xx is an error. */
  async call(method: string, path: string, body?: string, type = 'application/json'): Promise<Buffer> {
    const { status, bytes } = await this.#ask(method, path, body, type);
    if (status >= 200 && status < 300) return bytes;
    throw new Error(`${method} ${path}: ${status} ${bytes.toString('utf8').slice(0, 500)}`);
  }

  /** An answer, whatever its status. */
  async get(path: string): Promise<{ readonly status: number; readonly body: string }> {
    const { status, bytes } = await this.#ask('GET', path);
    return { status, body: bytes.toString('utf8') };
  }

  #ask(method: string, path: string, body?: string, type = ''): Promise<{ status: number; bytes: Buffer }> {
    return new Promise((resolve, reject) => {
      const headers = { ':method': method, ':path': path, ...(body === undefined ? {} : { 'content-type': type }) };
      const stream = this.#session.request(headers, { endStream: body === undefined }); // a DELETE with a body is not over
      const chunks: Buffer[] = [];
      let status = 0;
      stream.on('response', (answer) => {
        status = Number(answer[':status']);
      });
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.once('error', reject);
      stream.once('end', () => resolve({ status, bytes: Buffer.concat(chunks) }));
      stream.end(body);
    });
  }

  /** A watch: `onEvent` gets each line. Resolves when the answer has begun. */
  watch(path: string, onEvent: (line: string) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const stream = this.#session.request({ ':path': path });
      let rest = '';
      stream.setEncoding('utf8');
      stream.once('response', () => resolve());
      stream.once('error', reject);
      stream.on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) onEvent(line);
      });
    });
  }

  [Symbol.dispose](): void {
    this.#session.destroy();
  }
}
