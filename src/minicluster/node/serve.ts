import type { Server } from 'node:net';
import { LabError } from '../../errors/lab-error.ts';

/** Where everything of the node listens. */
export const HOST = '127.0.0.1';

/** Listens on 127.0.0.1. `what` names the server in the error. Raises ML-NODE-LISTEN. */
export function listenLocally(server: Server, port: number, what: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) =>
      reject(new LabError('ML-NODE-LISTEN', { what, port, reason: error.message }, { cause: error }));
    server.once('error', fail);
    server.listen(port, HOST, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

/** Listens on this port of 127.0.0.1, 0 = any; false when it is taken. Rejects with Node's own error for any other reason. */
export function listenIfFree(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => ('code' in error && error.code === 'EADDRINUSE' ? resolve(false) : reject(error));
    server.once('error', fail);
    server.listen(port, HOST, () => {
      server.off('error', fail);
      resolve(true);
    });
  });
}

/** The port that a server listens on; 0 when it does not. */
export function portOf(server: Server): number {
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}
