import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../../contracts/clock.ts';
import { configValues, type HostFacts, infoSections } from './about.ts';
import { AppendLog } from './append-log.ts';
import { Engine } from './engine.ts';
import { failure } from './replies.ts';
import { ProtocolError, RequestParser, type Words } from './requests.ts';
import { newSession, type Session } from './session.ts';

export interface EmbeddedQueuePorts {
  readonly clock: Clock;
  /** Calls back when everything that arrived at the same time was looked at (`setImmediate`). */
  readonly afterTurn: (run: () => void) => void;
  /** A write failed: nothing more may be acknowledged, the process has to end. */
  readonly fatal: (error: unknown) => void;
  readonly host: () => Omit<HostFacts, 'port'>;
}

export interface EmbeddedQueueOptions {
  /** For `queue.log`; must be there. */
  readonly dir: string;
  readonly password: string;
  /** When the log is rewritten; for tests. */
  readonly rewriteBytes?: number;
}

export interface EmbeddedQueue {
  /** Listens on 127.0.0.1, then reads the log; resolves with the port. Raises what the system says, ML-QUEUE-LOG-CORRUPT. */
  listen(port: number): Promise<number>;
  /** Removes expired keys, brings what was written to the disk; to be called every second. */
  upkeep(): Promise<void>;
  close(): void;
}

/**
 * A queue server that speaks the Redis protocol, for machines without redis-server: the commands of the lab's list driver, of
 * redis-cli and of redis-exporter. Changes are appended to a log before they are acknowledged: all that arrive in one turn of
 * the event loop in one write.
 */
export function embeddedQueue(ports: EmbeddedQueuePorts, options: EmbeddedQueueOptions): EmbeddedQueue {
  const { clock } = ports;
  let log: AppendLog | undefined;
  let bound = 0;
  const startedAt = clock.now();
  const engine: Engine = new Engine({
    password: options.password,
    clock,
    log: (record) => log?.append(record),
    about: () => ({
      info: infoSections(engine, { ...ports.host(), port: bound }, startedAt, log?.size ?? 0),
      config: configValues(engine, bound, options.dir),
    }),
  });
  const clients = new Clients(ports, engine, () => {
    log?.flush();
    if (log?.wantsRewrite === true) log.rewrite(engine.snapshot());
  });
  const server = createServer((socket) => clients.accept(socket));
  const path = join(options.dir, 'queue.log');
  return {
    listen: async (port) => {
      // First the port: a second server on the same log ends here.
      bound = await listening(server, port);
      log = AppendLog.open(path, (record) => replay(engine, record, clock.now()), options.rewriteBytes);
      return bound;
    },
    upkeep: async () => {
      engine.expire();
      clients.flush();
      await log?.sync();
    },
    close: () => {
      server.close();
      clients.close();
      log?.close();
    },
  };
}

function replay(engine: Engine, record: Buffer, now: number): void {
  const parser = new RequestParser();
  parser.push(record);
  const commands: Words[] = [];
  for (let words = parser.next(true); words !== undefined; words = parser.next(true)) commands.push(words);
  engine.replay(commands, { ...newSession(0, '', '', now), loggedIn: true, answer: () => {}, end: () => {} });
}

interface Client {
  readonly session: Session;
  readonly socket: Socket;
  readonly parser: RequestParser;
  output: string;
  ending: boolean;
}

/** The connections: answers wait for the log, and leave together with everything that was done in the same turn. */
class Clients {
  readonly #ports: EmbeddedQueuePorts;
  readonly #engine: Engine;
  readonly #write: () => void;
  readonly #clients: Set<Client> = new Set();
  #nextId = 1;
  #isScheduled = false;

  constructor(ports: EmbeddedQueuePorts, engine: Engine, write: () => void) {
    this.#ports = ports;
    this.#engine = engine;
    this.#write = write;
  }

  accept(socket: Socket): void {
    socket.setNoDelay(true);
    const local = `${socket.localAddress}:${socket.localPort}`;
    const state = newSession(
      this.#nextId++,
      `${socket.remoteAddress}:${socket.remotePort}`,
      local,
      this.#ports.clock.now(),
    );
    const answer = (reply: string) => {
      client.output += reply;
      this.#schedule();
    };
    const end = () => {
      client.ending = true;
      // As in Redis, who is hung up on is no client any more, even before the other side has noticed.
      this.#engine.remove(client.session);
      this.#schedule();
    };
    const client: Client = {
      session: { ...state, answer, end },
      socket,
      parser: new RequestParser(),
      output: '',
      ending: false,
    };
    this.#clients.add(client);
    this.#engine.add(client.session);
    socket.on('data', (chunk: Buffer) => {
      client.parser.push(chunk);
      this.#read(client);
    });
    socket.on('error', () => socket.destroy()); // reset by the other side: nobody to tell
    socket.on('close', () => {
      this.#clients.delete(client);
      this.#engine.remove(client.session);
    });
  }

  close(): void {
    for (const { socket } of this.#clients) socket.destroy();
  }

  /** Writes the log, then the answers. */
  flush(): void {
    this.#isScheduled = false;
    try {
      this.#write();
    } catch (error) {
      this.close(); // what was not written is not acknowledged
      this.#ports.fatal(error);
      return;
    }
    for (const client of this.#clients) this.#send(client);
  }

  #send(client: Client): void {
    if (client.output !== '') client.socket.write(client.output, 'latin1');
    client.output = '';
    if (client.ending) client.socket.destroySoon();
    // Who waited may have sent more meanwhile.
    else this.#read(client);
  }

  #read(client: Client): void {
    const { session, parser } = client;
    try {
      while (session.waiting === undefined && !client.ending) {
        const words = parser.next(session.loggedIn);
        if (words === undefined) return;
        client.output += this.#engine.execute(session, words) ?? '';
        this.#schedule();
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      session.answer(failure(`ERR Protocol error: ${error.message}`));
      session.end();
    }
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#ports.afterTurn(() => this.flush());
  }
}

function listening(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
