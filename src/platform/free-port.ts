import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the range from which the system takes ports for outgoing connections (Linux 32768 up, macOS 49152 up). A port of that
 * range can be taken by any connection between now and the moment its server binds it: an API server alone opens hundreds.
 */
const [LOWEST, HIGHEST] = [20_000, 29_999];
const TRIES = 50;

/** A TCP port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if (!(await isPortBusy(port))) return port;
  }
  return systemPort();
}

/** Whichever the system gives. */
function systemPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = address !== null && typeof address === 'object' ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Whether somebody listens on (or the system withholds) this port of 127.0.0.1. */
export function isPortBusy(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(true));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(false)));
  });
}
