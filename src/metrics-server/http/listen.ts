import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Clock } from '../../contracts/clock.ts';
import { describe, LabError } from '../../errors/lab-error.ts';

const GRACE_MS = 1_000;

/** Waits until a server listens; resolves to its port. Raises ML-METRICS-LISTEN. */
export async function listenOn(server: Server, host: string, port: number): Promise<number> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw new LabError('ML-METRICS-LISTEN', { address: `${host}:${port}`, reason: describe(error) }, { cause: error });
  }
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : port;
}

/** Lets running requests finish for a second, then the connections go. */
export async function closeServer(server: Server, clock: Clock): Promise<void> {
  const finished = new AbortController();
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const late = clock.sleep(GRACE_MS, finished.signal).then(
    () => server.closeAllConnections(),
    () => undefined, // everybody left in time
  );
  await closed;
  finished.abort();
  await late;
}
