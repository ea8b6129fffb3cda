import {
  Agent,
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from 'node:http';
import { describe } from '../../errors/lab-error.ts';
import { HOST, listenIfFree, portOf } from './serve.ts';

/** Of one connection only (RFC 9110 7.6.1): not passed on. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * One local HTTP port in front of changing targets: each request goes to the target with the fewest unanswered ones, in turn where
 * several have as few. A client that keeps its connections reaches new targets at once, which a proxy of connections (LocalProxy,
 * kube-proxy) does not give it. A GET or HEAD that broke before its answer began is sent to the next target; a body of it is dropped.
 */
export class HttpProxy {
  readonly #server: Server;
  readonly #targets: () => readonly number[];
  readonly #agent = new Agent({ keepAlive: true });
  /** Unanswered requests by port. */
  readonly #open = new Map<number, number>();
  #next = 0;

  /** `targets` are ports of 127.0.0.1, asked for at every request. */
  constructor(targets: () => readonly number[]) {
    this.#targets = targets;
    this.#server = createServer((request, response) => this.#serve(request, response));
  }

  /** Listens on this port of 127.0.0.1, 0 = any; false when it is taken. */
  listen(port: number): Promise<boolean> {
    return listenIfFree(this.#server, port);
  }

  get port(): number {
    return portOf(this.#server);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    this.#agent.destroy();
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const targets = this.#targets();
    this.#next += 1;
    const inTurn = targets.map((_, at) => targets[(this.#next + at) % targets.length] ?? 0);
    const order = inTurn.toSorted((a, b) => this.#unanswered(a) - this.#unanswered(b));
    // Others may have been carried out before the connection broke.
    const again = request.method === 'GET' || request.method === 'HEAD';
    this.#try(request, response, again ? order : order.slice(0, 1), 'no pod is ready');
  }

  #try(request: IncomingMessage, response: ServerResponse, order: readonly number[], why: string): void {
    const [port, ...others] = order;
    if (port === undefined) {
      request.resume();
      response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8' }).end(`service proxy: ${why}\n`);
      return;
    }
    this.#count(port, 1);
    const { method = 'GET', url } = request;
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const headers = passedOn(request.headers, hasBody ? [] : ['content-length']);
    const sent = httpRequest({ host: HOST, port, method, path: url, headers, agent: this.#agent });
    let begun = false;
    sent.once('close', () => this.#count(port, -1));
    sent.once('response', (answer) => {
      begun = true;
      response.writeHead(answer.statusCode ?? 502, passedOn(answer.headers));
      answer.once('error', () => response.destroy());
      answer.pipe(response);
    });
    sent.on('error', (error) => {
      if (response.destroyed) return;
      if (begun) response.destroy();
      else this.#try(request, response, others, describe(error));
    });
    response.once('close', () => sent.destroy());
    if (hasBody) request.pipe(sent);
    else {
      request.resume();
      sent.end();
    }
  }

  #unanswered(port: number): number {
    return this.#open.get(port) ?? 0;
  }

  #count(port: number, change: number): void {
    const count = this.#unanswered(port) + change;
    if (count > 0) this.#open.set(port, count);
    else this.#open.delete(port);
  }
}

function passedOn(headers: IncomingMessage['headers'], but: readonly string[] = []): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name) && !but.includes(name)));
}
