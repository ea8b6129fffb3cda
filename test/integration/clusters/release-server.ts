import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the server answers the next request for a path: as it should, or as bad servers do. */
export type Manner =
  | 'well'
  | 'truncated'
  /** Sends the first half, then nothing. */
  | 'stalls'
  /** Accepts the connection and never answers. */
  | 'silent'
  | 'error'
  /** Ignores Range. */
  | 'whole'
  /** Answers 206 with other bytes. */
  | 'wrong-range';

/** An HTTP server that serves files the way release servers do. */
export class ReleaseServer implements AsyncDisposable {
  readonly files: Map<string, Buffer> = new Map();
  /** Manners of the next requests of a path; when used up it is served well. */
  readonly manners: Map<string, Manner[]> = new Map();
  readonly requests: string[] = [];
  readonly #server: Server = createServer((request, response) => this.#answer(request, response));

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    const range = request.headers.range;
    this.requests.push(range === undefined ? path : `${path} ${range}`);
    const manner = this.manners.get(path)?.shift() ?? 'well';
    if (manner === 'silent') return;
    if (manner === 'error') return void response.writeHead(503).end('busy');
    const file = this.files.get(path);
    if (file === undefined) return void response.writeHead(404).end('<html>not found</html>');
    const from = range === undefined || manner === 'whole' ? 0 : Number(/^bytes=(\d+)-$/.exec(range)?.[1]);
    if (from >= file.length && from > 0) return void response.writeHead(416).end();
    const body = manner === 'wrong-range' ? Buffer.alloc(file.length - from, 'x') : file.subarray(from);
    response.writeHead(range === undefined || manner === 'whole' ? 200 : 206, { 'content-length': body.length });
    if (manner !== 'truncated' && manner !== 'stalls') return void response.end(body);
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => {
      if (manner === 'truncated') response.socket?.end(); // in order, so that what was sent arrives
    });
  }
}
