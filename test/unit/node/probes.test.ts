import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { ProbeSpec } from '../../../src/minicluster/node/pod.ts';
import { runProbe, type ProbeTarget } from '../../../src/minicluster/node/probe-run.ts';
import { initialProbe, observeProbe } from '../../../src/minicluster/node/probe-state.ts';
import { probeContainer } from '../../../src/minicluster/node/prober.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { podOf } from './fixture.ts';

const SPEC: ProbeSpec = {
  initialDelaySeconds: 0,
  periodSeconds: 10,
  timeoutSeconds: 1,
  successThreshold: 1,
  failureThreshold: 3,
};

describe('the verdict of a probe', () => {
  const verdicts = (answers: string, spec = SPEC, first = false) => {
    let state = initialProbe(first);
    return [...answers].map((answer) => {
      state = observeProbe(spec, state, answer === '+');
      return state.verdict ? '+' : '-';
    });
  };
  it('changes after a run of equal answers', () => {
    expect(verdicts('+--+---').join('')).toBe('+++++' + '+-');
    expect(verdicts('+-++', { ...SPEC, successThreshold: 2, failureThreshold: 1 }).join('')).toBe('---+');
    expect(verdicts('--', SPEC, true).join('')).toBe('++');
  });
});

describe('probing a container', () => {
  /** Runs the probes of a container whose exec probes answer in turn; resolves to what happened, with the second of it. */
  async function story(
    probes: Readonly<Record<string, unknown>>,
    answers: Readonly<Record<string, string>>,
    seconds: number,
  ): Promise<readonly string[]> {
    const clock = new VirtualClock(0);
    const over = new AbortController();
    const seen: string[] = [];
    const left = new Map(Object.entries(answers).map(([name, text]) => [name, [...text]]));
    const note = (text: string) => seen.push(`${clock.now() / 1000} ${text}`);
    const target: ProbeTarget = {
      podIP: '10.244.0.2',
      hostPort: () => undefined,
      exec: async ([name = '']) => {
        if (clock.now() >= seconds * 1000) over.abort();
        const answer = left.get(name)?.shift() ?? '+';
        return { code: answer === '+' ? 0 : 1, output: 'bad' };
      },
    };
    const [container] = podOf({ containers: [{ name: 'main', image: 'i', ...probes }] }).spec.containers;
    if (container === undefined) throw new Error('no container');
    await probeContainer({
      container,
      target,
      clock,
      signal: over.signal,
      terminating: new AbortController().signal,
      onStarted: () => note('started'),
      onReady: (ready) => note(ready ? 'ready' : 'unready'),
      onUnhealthy: (kind, message) => note(`${kind}: ${message}`),
      onDead: (kind) => note(`${kind} dead`),
    });
    return seen;
  }
  const probe = (name: string, more = {}) => ({ exec: { command: [name] }, ...more });

  it('without probes: started and ready at once', async () => {
    expect(await story({}, {}, 0)).toEqual(['0 started', '0 ready']);
  });

  it('readiness follows its thresholds', async () => {
    const readinessProbe = probe('r', { initialDelaySeconds: 5, failureThreshold: 2 });
    expect(await story({ readinessProbe }, { r: '-+--+' }, 55)).toEqual([
      '0 started',
      '5 Readiness: bad',
      '5 unready',
      '15 ready',
      '25 Readiness: bad',
      '25 ready',
      '35 Readiness: bad',
      '35 unready',
      '45 ready',
    ]);
  });

  it('nothing else is probed before start-up has passed', async () => {
    const probes = { startupProbe: probe('s', { periodSeconds: 1 }), readinessProbe: probe('r') };
    expect(await story(probes, { s: '--+', r: '+' }, 10)).toEqual([
      '0 Startup: bad',
      '1 Startup: bad',
      '2 started',
      '2 ready',
    ]);
  });

  it('a start-up that does not pass, and failing liveness, end the container', async () => {
    const startup = { startupProbe: probe('s', { failureThreshold: 2 }) };
    expect(await story(startup, { s: '--' }, 99)).toEqual(['0 Startup: bad', '10 Startup: bad', '10 Startup dead']);
    const liveness = { livenessProbe: probe('l', { failureThreshold: 2 }) };
    expect(await story(liveness, { l: '+-+--' }, 99)).toEqual([
      '0 started',
      '0 ready',
      '10 Liveness: bad',
      '30 Liveness: bad',
      '40 Liveness: bad',
      '40 Liveness dead',
    ]);
  });
});

describe('one probe', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });
  const target = (port: number): ProbeTarget => ({
    podIP: '10.244.0.2',
    hostPort: (wanted) => (wanted === 'http' || wanted === 8080 ? { host: port, container: 8080 } : undefined),
    exec: async () => ({ code: null, output: '' }),
  });
  async function listening(answer: (path: string) => number): Promise<ProbeTarget> {
    server = createServer((request, response) => {
      const status = answer(request.url ?? '');
      if (status > 0) response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return target((server.address() as AddressInfo).port);
  }
  const http = (path: string, port: number | string = 'http') => ({ ...SPEC, httpGet: { path, port, scheme: 'HTTP' } });

  it('by HTTP, by name and number of the port', async () => {
    const at = await listening((path) => (path === '/ok' ? 204 : path === '/moved' ? 302 : 503));
    expect(await runProbe(http('/ok'), at)).toEqual({ ok: true, message: '' });
    expect(await runProbe(http('moved', 8080), at)).toEqual({ ok: true, message: '' });
    expect(await runProbe(http('/no'), at)).toEqual({ ok: false, message: 'HTTP probe failed with statuscode: 503' });
    expect(await runProbe(http('/ok', 'admin'), at)).toEqual({ ok: false, message: "couldn't find port: admin" });
  });

  it('that nobody answers', async () => {
    expect(await runProbe(http('/ok'), target(1))).toEqual({
      ok: false,
      message: 'Get "http://10.244.0.2:8080/ok": dial tcp 10.244.0.2:8080: connect: connection refused',
    });
    const silent = await listening(() => 0);
    const { message } = await runProbe({ ...http('/ok'), timeoutSeconds: 0.05 }, silent);
    expect(message).toContain('context deadline exceeded');
  });

  it('by TCP and by command', async () => {
    const at = await listening(() => 200);
    expect(await runProbe({ ...SPEC, tcpSocket: { port: 8080 } }, at)).toEqual({ ok: true, message: '' });
    expect((await runProbe({ ...SPEC, tcpSocket: { port: 8080 } }, target(1))).message).toContain('connection refused');
    expect((await runProbe({ ...SPEC, exec: { command: ['x'] } }, at)).message).toContain('timed out after 1000ms');
  });
});
