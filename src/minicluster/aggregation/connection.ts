import { Agent, request, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { Remote } from './target.ts';

export interface FrontProxy {
  /** PEM: the certificate with which aggregated servers know this one. */
  readonly cert: string;
  readonly key: string;
}

/** An aggregated server did not answer as it should. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
}

/** Connections to aggregated servers, kept open per APIService. */
export class Connections {
  readonly #frontProxy: FrontProxy;
  readonly #agents = new Map<string, { readonly key: string; readonly agent: Agent }>();

  constructor(frontProxy: FrontProxy) {
    this.#frontProxy = frontProxy;
  }

  /** A connection that presents the front-proxy certificate and trusts what the APIService says. */
  agentFor(remote: Remote): Agent {
    const { service, skipVerify, ca } = remote;
    const key = JSON.stringify([service, skipVerify, ca]);
    const known = this.#agents.get(remote.name);
    if (known?.key === key) return known.agent;
    known?.agent.destroy();
    const agent = new Agent({
      ...this.#frontProxy,
      ...(ca === undefined ? {} : { ca }),
      rejectUnauthorized: !skipVerify,
      servername: `${service.name}.${service.namespace}.svc`,
      keepAlive: true,
    });
    this.#agents.set(remote.name, { key, agent });
    return agent;
  }

  /** The whole answer to a small GET. Raises what the connection raises, AnswerError for an answer that is late or too big. */
  get(options: RequestOptions, timeoutMs: number): Promise<{ readonly status: number; readonly text: string }> {
    return new Promise((resolve, reject) => {
      const call = request({ ...options, method: 'GET', timeout: timeoutMs }, (answer) => {
        collect(answer).then((text) => resolve({ status: answer.statusCode ?? 0, text }), reject);
      });
      call.once('timeout', () => call.destroy(new AnswerError('request timed out')));
      call.once('error', reject);
      call.end();
    });
  }

  close(): void {
    for (const { agent } of this.#agents.values()) agent.destroy();
  }
}

const MAX_DOCUMENT = 4 * 1024 * 1024;

async function collect(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of answer) {
    size += (part as Buffer).length;
    if (size > MAX_DOCUMENT) throw new AnswerError('the answer is too big');
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Headers that introduce a user to an aggregated server (transport NewAuthProxyRoundTripper). */
export function userHeaders(user: {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}): Readonly<Record<string, string | readonly string[]>> {
  const extra = Object.entries(user.extra).map(([key, values]) => [
    `x-remote-extra-${encodeURIComponent(key)}`,
    values,
  ]);
  return {
    'x-remote-user': user.name,
    'x-remote-group': user.groups,
    ...(user.uid === undefined ? {} : { 'x-remote-uid': user.uid }),
    ...Object.fromEntries(extra),
  };
}
