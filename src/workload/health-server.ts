import { createServer, type Server } from 'node:http';
import { LabError } from '../errors/lab-error.ts';

/** `GET /healthz`: 200 while the process runs. `GET /readyz`: 200 when `ready()`, else 503. */
export function healthServer(ready: () => boolean): Server {
  return createServer((request, response) => {
    const path = request.url?.split('?', 1)[0];
    const status = path === '/healthz' || (path === '/readyz' && ready()) ? 200 : path === '/readyz' ? 503 : 404;
    response.writeHead(status, { 'content-type': 'text/plain' }).end(`${TEXTS[status]}\n`);
  });
}

const TEXTS: Readonly<Record<number, string>> = { 200: 'ok', 503: 'not ready', 404: 'not found' };

/** Resolves when it listens. Raises ML-WORKLOAD-ENV when the port cannot be used. */
export function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(new LabError('ML-WORKLOAD-ENV', { name: 'PORT', reason: error.message }, { cause: error })),
    );
    server.listen(port, host, resolve);
  });
}
