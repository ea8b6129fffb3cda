import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy that cuts connections, as bad networks do: a part of what was sent has arrived, its answer has not. */
export class CuttingProxy {
  readonly #server: Server;
  readonly #sockets: Set<Socket> = new Set();
  /** Bytes of answers to let through on each new connection before both ends are cut; undefined = do not cut. */
  cutAfter: (() => number | undefined) | undefined;
  cuts = 0;

  private constructor(target: number) {
    this.#server = createServer((client) => this.#serve(client, connect(target, '127.0.0.1')));
  }

  static async start(target: number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** The URL with this proxy's port in it. */
  through(url: string): string {
    return url.replace(/:\d+$/, `:${this.port}`);
  }

  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cutAll();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(client: Socket, server: Socket): void {
    let left = this.cutAfter?.() ?? Number.POSITIVE_INFINITY;
    const cut = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', cut);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        cut();
      });
    }
    client.pipe(server);
    server.on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) {
        this.cuts += 1;
        cut();
      } else client.write(chunk);
    });
  }
}
