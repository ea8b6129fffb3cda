import type { Server } from 'node:net';
import { LabError } from '../../errors/lab-error.ts';

/** Listens on 127.0.0.1. `what` names the server in the error. Raises ML-NODE-LISTEN. */
export function listenLocally(server: Server, port: number, what: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) =>
      reject(new LabError('ML-NODE-LISTEN', { what, port, reason: error.message }, { cause: error }));
    server.once('error', fail);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', fail);
      resolve();
    });
  });
}
