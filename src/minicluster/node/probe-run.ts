import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import type { HttpGetAction, ProbeSpec } from './pod.ts';

export interface ProbeResult {
  readonly ok: boolean;
  /** In the kubelet's words; empty when ok. */
  readonly message: string;
}

/** What a probe needs to know of its container. */
export interface ProbeTarget {
  /** As messages show it: nothing is sent there. */
  readonly podIP: string;
  /** The host's port for a container port by number or name. */
  hostPort(port: number | string): { readonly host: number; readonly container: number } | undefined;
  /** Runs a command beside the container, with its environment; killed after `timeoutMs`. */
  exec(
    command: readonly string[],
    timeoutMs: number,
  ): Promise<{ readonly code: number | null; readonly output: string }>;
}

const LOCAL = '127.0.0.1';

/** Asks once. Never rejects: a fault is an answer. */
export async function runProbe(spec: ProbeSpec, target: ProbeTarget): Promise<ProbeResult> {
  const timeoutMs = spec.timeoutSeconds * 1000;
  if (spec.httpGet !== undefined) return httpProbe(spec.httpGet, target, timeoutMs);
  if (spec.tcpSocket !== undefined) return tcpProbe(spec.tcpSocket, target, timeoutMs);
  if (spec.exec !== undefined) return execProbe(spec.exec.command ?? [], target, timeoutMs);
  return { ok: false, message: 'this kind of probe (gRPC) is not supported by the process node' };
}

export async function httpProbe(action: HttpGetAction, target: ProbeTarget, timeoutMs: number): Promise<ProbeResult> {
  const place = placeOf(action, target);
  if ('message' in place) return place;
  const scheme = action.scheme.toLowerCase();
  const path = action.path.startsWith('/') ? action.path : `/${action.path}`;
  const shown = `Get "${scheme}://${place.shown}${path}"`;
  return new Promise((resolve) => {
    const headers = Object.fromEntries((action.httpHeaders ?? []).map(({ name, value }) => [name, value]));
    const sent = (scheme === 'https' ? httpsRequest : httpRequest)({
      host: place.host,
      port: place.port,
      path,
      headers: { 'user-agent': 'kube-probe/metrics-lab', accept: '*/*', connection: 'close', ...headers },
      agent: false,
      rejectUnauthorized: false, // as the kubelet: a probe asks whether it answers, not who it is
      signal: AbortSignal.timeout(timeoutMs),
    });
    sent.once('response', (response) => {
      const code = response.statusCode ?? 0;
      response.destroy();
      const ok = code >= 200 && code < 400;
      resolve({ ok, message: ok ? '' : `HTTP probe failed with statuscode: ${code}` });
    });
    sent.once('error', (error) => resolve({ ok: false, message: `${shown}: ${dialText(error, place.shown)}` }));
    sent.end();
  });
}

async function tcpProbe(
  action: { readonly port: number | string; readonly host?: string | undefined },
  target: ProbeTarget,
  timeoutMs: number,
): Promise<ProbeResult> {
  const place = placeOf(action, target);
  if ('message' in place) return place;
  return new Promise((resolve) => {
    const socket = connect({ host: place.host, port: place.port, signal: AbortSignal.timeout(timeoutMs) });
    socket.once('connect', () => {
      socket.destroy();
      resolve({ ok: true, message: '' });
    });
    socket.once('error', (error) => resolve({ ok: false, message: dialText(error, place.shown) }));
  });
}

async function execProbe(command: readonly string[], target: ProbeTarget, timeoutMs: number): Promise<ProbeResult> {
  if (command.length === 0) return { ok: false, message: 'the command is empty' };
  const { code, output } = await target.exec(command, timeoutMs);
  if (code === 0) return { ok: true, message: '' };
  const message = code === null ? `command timed out: "${command.join(' ')}" timed out after ${timeoutMs}ms` : output;
  return { ok: false, message };
}

type Place = { readonly host: string; readonly port: number; readonly shown: string };

function placeOf(
  action: { readonly port: number | string; readonly host?: string | undefined },
  target: ProbeTarget,
): Place | ProbeResult {
  if (action.host !== undefined && action.host !== '' && typeof action.port === 'number') {
    return { host: action.host, port: action.port, shown: `${action.host}:${action.port}` };
  }
  const port = target.hostPort(action.port);
  if (port === undefined) return { ok: false, message: `couldn't find port: ${action.port}` };
  return { host: LOCAL, port: port.host, shown: `${target.podIP}:${port.container}` };
}

function dialText(error: Error, shown: string): string {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ECONNREFUSED') return `dial tcp ${shown}: connect: connection refused`;
  if (error.name === 'AbortError' || error.name === 'TimeoutError') {
    return 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
  }
  return error.message;
}
