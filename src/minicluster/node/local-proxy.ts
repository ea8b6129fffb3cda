import { connect, createServer, type Server, type Socket } from 'node:net';
import { HOST, listenIfFree, portOf } from './serve.ts';

/** One local TCP port in front of changing targets: round robin, and closed at once where there is none. */
export class LocalProxy {
  readonly #server: Server;
  readonly #targets: () => readonly number[];
  readonly #open = new Set<Socket>();
  #next = 0;

  /** `targets` are ports of 127.0.0.1, asked for at every connection. */
  constructor(targets: () => readonly number[]) {
    this.#targets = targets;
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#serve(client));
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
    for (const socket of this.#open) socket.destroy();
  }

  #serve(client: Socket): void {
    const targets = this.#targets();
    this.#next += 1;
    // Each target once, beginning with the next in turn: one that just ended must not cost a connection.
    const order = targets.map((_, at) => targets[(this.#next + at) % targets.length] ?? 0);
    this.#keep(client);
    client.on('error', () => client.destroy());
    this.#try(client, order);
  }

  #try(client: Socket, order: readonly number[]): void {
    const [port, ...others] = order;
    if (port === undefined) {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ host: HOST, port, allowHalfOpen: true });
    this.#keep(server);
    let connected = false;
    server.once('connect', () => {
      connected = true;
      client.pipe(server);
      server.pipe(client);
    });
    server.on('error', () => {
      server.destroy();
      if (connected) client.destroy();
      else if (!client.destroyed) this.#try(client, others);
    });
    server.once('close', () => {
      if (connected && !client.writableEnded) client.end();
    });
    client.once('close', () => server.destroy());
  }

  #keep(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
  }
}
