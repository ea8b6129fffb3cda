import type { Agent, IncomingMessage, RequestOptions as NodeRequestOptions } from 'node:http';
import { request as httpsRequest, Agent as HttpsAgent } from 'node:https';
import type { RequestOptions } from '../contracts/kube-client.ts';
import { LabError } from '../errors/lab-error.ts';
import type { Credential } from './exec-credential.ts';
import type { ClusterAccess } from './kubeconfig.ts';

/** More than the API server itself ever sends in one answer that the lab asks for. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;

/** What Node says of a connection that the other side has closed; an aborted request has another code. */
const CLOSED: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

/** One keep-alive connection pool to an API server. */
export interface Transport {
  /** The answer's head; its body is still to be read. Rejects with Node's own error. */
  open(method: string, path: string, body: unknown, options: RequestOptions): Promise<IncomingMessage>;
  close(): void;
}

export function transport(access: ClusterAccess): Transport {
  const server = new URL(access.server);
  const secure = server.protocol === 'https:';
  let tls = secure ? { cert: access.cert, agent: tlsAgent(access) } : undefined;
  let plain: Agent | undefined;
  const ways = async ({ cert, key }: Credential) => {
    if (tls !== undefined) {
      if (tls.cert !== cert) {
        tls.agent.destroy(); // its connections are of who we were
        tls = { cert, agent: tlsAgent({ ...access, ...(cert && key ? { cert, key } : {}) }) };
      }
      return { agent: tls.agent, send: httpsRequest };
    }
    // Only where it is needed: importing node:http loads undici for its WebSocket, a quarter of the time of a short command.
    const http = await import('node:http');
    plain ??= new http.Agent({ keepAlive: true });
    return { agent: plain, send: http.request };
  };
  return {
    open: async (method, path, body, options) => {
      const credential = (await access.credentials?.current()) ?? access;
      const { agent, send } = await ways(credential);
      const url = new URL(server.pathname.replace(/\/$/, '') + path, server);
      for (const [name, value] of Object.entries(options.query ?? {})) {
        if (value !== undefined) url.searchParams.set(name, String(value));
      }
      const payload =
        body === undefined ? undefined : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
      const request: NodeRequestOptions = {
        method,
        agent,
        headers: headersOf(credential, payload, options),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      };
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        const attempt = () => {
          const sent = send(url, request, resolve);
          // A kept connection may be closed by the other side while we write: what only reads is asked again, as Go's client does.
          const isStale = (error: Error) =>
            method === 'GET' && sent.reusedSocket && 'code' in error && CLOSED.has(String(error.code));
          sent.once('error', (error) => (isStale(error) ? attempt() : reject(error)));
          sent.end(payload);
        };
        attempt();
      });
      if (answer.statusCode === 401) access.credentials?.refused();
      return answer;
    },
    close: () => (tls?.agent ?? plain)?.destroy(),
  };
}

/** The whole body. Raises ML-KUBE-SHAPE when it is larger than any answer should be, and Node's error when the connection breaks. */
export async function readBody(path: string, answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > MAX_BODY_BYTES)
      throw new LabError('ML-KUBE-SHAPE', { path, reason: `the answer is larger than ${MAX_BODY_BYTES} bytes` });
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function tlsAgent(access: ClusterAccess): HttpsAgent {
  return new HttpsAgent({
    keepAlive: true,
    minVersion: 'TLSv1.2',
    ca: access.ca,
    cert: access.cert,
    key: access.key,
    ...(access.tlsServerName === undefined ? {} : { servername: access.tlsServerName }),
    rejectUnauthorized: access.insecureSkipTlsVerify !== true,
  });
}

function headersOf({ token }: Credential, payload: Buffer | undefined, options: RequestOptions) {
  return {
    accept: 'application/json',
    'user-agent': 'metrics-lab',
    ...(payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': payload.length }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...options.headers,
  };
}
