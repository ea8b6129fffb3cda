import { connect } from 'node:tls';

const HANDSHAKE_MS = 1_000;

/** Whether a server on this port of 127.0.0.1 has a certificate of this authority (PEM). */
export function hasCertificateOf(ca: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, ca, timeout: HANDSHAKE_MS });
    const end = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.once('secureConnect', () => end(socket.authorized));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}
