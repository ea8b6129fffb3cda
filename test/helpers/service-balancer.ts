import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Plays kube-proxy for one Service: each new connection goes to the next of `endpoints`; those that there are stay where they are. */
export class ServiceBalancer {
  /** Ports of 127.0.0.1. */
  endpoints: readonly number[] = [];
  readonly #server: Server;
  readonly #sockets: Set<Socket> = new Set();
  #next = 0;

  private constructor() {
    this.#server = createServer((client) => this.#join(client));
  }

  static async start(): Promise<ServiceBalancer> {
    const balancer = new ServiceBalancer();
    balancer.#server.listen(0, '127.0.0.1');
    await once(balancer.#server, 'listening');
    return balancer;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket): void {
    this.#next += 1;
    const endpoint = this.endpoints[this.#next % this.endpoints.length];
    if (endpoint === undefined) {
      client.destroy();
      return;
    }
    const server = connect(endpoint, '127.0.0.1');
    const part = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', part);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        part();
      });
    }
    client.pipe(server).pipe(client);
  }
}
