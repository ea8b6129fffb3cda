import { createServer, type Server, type Socket } from 'node:net';
import { LabError } from '../errors/lab-error.ts';

const LONGEST_HEAD = 8_192;
const PATIENCE_MS = 5_000;

/**
 * `GET /healthz`: 200 while the process runs. `GET /readyz`: 200 when `ready()`, else 503. One answer per connection, on
 * plain TCP: loading node:http takes 70 of the 190 ms of processor time of a starting consumer, and an HPA starts twenty.
 */
export function healthServer(ready: () => boolean): Server {
  return createServer((socket) => {
    socket.setEncoding('latin1');
    socket.unref(); // a prober that says nothing must not hold up the end of the program
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.on('error', () => socket.destroy()); // a prober that went away
    let head = '';
    socket.on('data', (text: string) => {
      if (socket.writableEnded) return;
      head += text;
      if (head.includes('\r\n\r\n')) answer(socket, head, ready);
      else if (head.length > LONGEST_HEAD) send(socket, 431);
    });
  });
}

function answer(socket: Socket, head: string, ready: () => boolean): void {
  const [, method, path] = /^([A-Z]+) ([^ ?]*)(?:\?[^ ]*)? HTTP\/1\.[01]\r\n/.exec(head) ?? [];
  if (path === undefined) send(socket, 400);
  else if (method !== 'GET' && method !== 'HEAD') send(socket, 405);
  else if (path === '/healthz') send(socket, 200);
  else if (path === '/readyz') send(socket, ready() ? 200 : 503);
  else send(socket, 404);
}

function send(socket: Socket, status: number): void {
  const [reason, body] = TEXTS[status] ?? ['', ''];
  const headers = `content-type: text/plain\r\ncontent-length: ${body.length}\r\nconnection: close`;
  socket.end(`HTTP/1.1 ${status} ${reason}\r\n${headers}\r\n\r\n${body}`);
}

const TEXTS: Readonly<Record<number, readonly [reason: string, body: string]>> = {
  200: ['OK', 'ok\n'],
  400: ['Bad Request', 'not an HTTP request\n'],
  404: ['Not Found', 'not found\n'],
  405: ['Method Not Allowed', 'use GET\n'],
  431: ['Request Header Fields Too Large', 'too long\n'],
  503: ['Service Unavailable', 'not ready\n'],
};

/** Resolves when it listens. Raises ML-WORKLOAD-ENV when the port cannot be used. */
export function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(new LabError('ML-WORKLOAD-ENV', { name: 'PORT', reason: error.message }, { cause: error })),
    );
    server.listen(port, host, resolve);
  });
}
