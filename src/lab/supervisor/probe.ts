import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, type ClientRequest, request as httpRequest } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import type { HealthProbe } from '../../contracts/component.ts';
import { describe } from '../../errors/lab-error.ts';

/** Asks a component whether it works: undefined = yes, else why not. Never rejects. */
export interface Prober {
  ask(timeoutMs: number): Promise<string | undefined>;
  close(): void;
}

/** A prober keeps its connection between questions, so that asking a TLS server every few seconds costs no handshakes. */
export function prober(probe: HealthProbe): Prober {
  switch (probe.kind) {
    case 'process':
      return { ask: () => Promise.resolve(undefined), close: () => {} };
    case 'tcp':
      return { ask: (timeoutMs) => askTcp(probe.host, probe.port, timeoutMs), close: () => {} };
    case 'http':
      return httpProber(probe);
  }
}

function askTcp(host: string, port: number, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const end = (why?: string) => {
      socket.destroy();
      resolve(why);
    };
    socket.once('connect', () => end());
    socket.once('timeout', () => end(`${host}:${port} does not accept connections (${timeoutMs} ms)`));
    socket.once('error', (error) => end(`${host}:${port} does not accept connections: ${describe(error)}`));
  });
}

type HttpProbe = Extract<HealthProbe, { kind: 'http' }>;

function httpProber(probe: HttpProbe): Prober {
  let agent: HttpAgent | undefined;
  const close = () => {
    agent?.destroy();
    agent = undefined;
  };
  return {
    close,
    ask: async (timeoutMs) => {
      let why: string | undefined;
      try {
        agent ??= agentFor(probe);
        why = await askHttp(probe.url, agent, timeoutMs);
      } catch (error) {
        why = `${probe.url} does not answer${isTimeout(error) ? ` within ${timeoutMs / 1000} s` : `: ${describe(error)}`}`;
      }
      if (why !== undefined) close(); // the next question reads the certificates anew
      return why;
    },
  };
}

/** node:http says AbortError; that it was the time limit is in the cause. */
function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof Error && error.cause.name === 'TimeoutError';
}

function agentFor(probe: HttpProbe): HttpAgent {
  if (!probe.url.startsWith('https:')) return new HttpAgent({ keepAlive: true, maxSockets: 1 });
  const pem = (name: 'ca' | 'cert' | 'key', file: string | undefined) =>
    file === undefined ? {} : { [name]: readFileSync(file) };
  return new Agent({
    keepAlive: true,
    maxSockets: 1,
    ...pem('ca', probe.caFile),
    ...pem('cert', probe.certFile),
    ...pem('key', probe.keyFile),
  });
}

function askHttp(url: string, agent: HttpAgent, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const request: ClientRequest = send(url, { agent, signal: AbortSignal.timeout(timeoutMs) }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        if (text.length < 10_000) text += chunk;
      });
      answer.once('error', reject);
      answer.once('end', () => {
        const code = answer.statusCode ?? 0;
        resolve(code >= 200 && code < 300 ? undefined : `${url} answers ${code}: ${failingChecks(text)}`);
      });
    });
    request.once('error', reject);
    request.end();
  });
}

/** Of a Kubernetes /readyz answer only the checks that fail; of any other text its beginning. */
function failingChecks(text: string): string {
  const failing = text.split('\n').filter((line) => line.startsWith('[-]'));
  return (failing.length > 0 ? failing.join(' ') : text.trim()).slice(0, 300);
}
