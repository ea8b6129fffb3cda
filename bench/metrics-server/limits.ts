// The promises of DESIGN 4 about our own server: memory with 200 connections, p99 at 2,000 queries/s, and that a stuck source does not
// move it. Open loop: a query is due when it is due. Without a cluster; needs the build (npm run build).
//   node bench/metrics-server/limits.ts [--seconds 10] [--rate 2000] [--connections 200]
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { parseArgs } from 'node:util';
import { realClock } from '../../src/platform/clock.ts';
import { MetricsServerProcess } from '../../test/helpers/metrics-server-process.ts';
import { testPair } from '../../test/helpers/test-pki.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    rate: { type: 'string', default: '2000' },
    connections: { type: 'string', default: '200' },
  },
});
const [seconds, rate, connections] = [Number(values.seconds), Number(values.rate), Number(values.connections)];
const TICK_MS = 5;

await using stack = new AsyncDisposableStack();
const dir = mkdtempSync(join(tmpdir(), 'metrics-limits-'));
stack.defer(() => rmSync(dir, { recursive: true, force: true }));
const ca = testPair({ subject: [['CN', 'ca']], ca: true });
const proxy = testPair({ subject: [['CN', 'front-proxy-client']], issuer: ca });
writeFileSync(join(dir, 'ca.crt'), ca.cert);

// Accepts everybody and never says anything.
const silent = createServer(() => undefined).listen(0, '127.0.0.1');
await once(silent, 'listening');
stack.defer(() => void silent.close());
const address = silent.address();
const stuckPort = typeof address === 'object' && address !== null ? address.port : 0;

const server = await MetricsServerProcess.start(
  dir,
  {
    standalone: { requestHeaderCaFile: join(dir, 'ca.crt'), allowedNames: ['front-proxy-client'] },
    metrics: [
      { name: 'well', source: { type: 'memory', series: [{ labels: { queue: 'jobs' }, value: '42' }] } },
      {
        name: 'stuck',
        source: { type: 'redis', url: `redis://127.0.0.1:${stuckPort}`, key: 'jobs' },
        pollSeconds: 0.5,
        timeoutSeconds: 2,
      },
    ],
  },
  true,
);
stack.defer(async () => void (await server.close()));

/** One kept connection with one question at a time, as lean as can be: the client must not be what is measured. */
class Connection {
  readonly #socket: TLSSocket;
  #text = '';
  #done: (status: number) => void = () => undefined;

  constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (chunk: string) => this.#take(chunk));
  }

  static async open(): Promise<Connection> {
    const port = Number(new URL(server.url).port);
    const socket = connect({ port, host: '127.0.0.1', ...proxy, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    return new Connection(socket);
  }

  /** Resolves to the status of the answer. */
  ask(metric: string): Promise<number> {
    this.#text = '';
    return new Promise((resolve) => {
      this.#done = resolve;
      this.#socket.write(QUESTIONS[metric] ?? '');
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: string): void {
    this.#text += chunk;
    const end = this.#text.indexOf('\r\n\r\n');
    const length = Number(/content-length: (\d+)/i.exec(this.#text)?.[1]);
    if (end >= 0 && this.#text.length >= end + 4 + length) this.#done(Number(this.#text.slice(9, 12)));
  }
}

const HEADERS = 'Host: x\r\nX-Remote-User: hpa\r\nX-Remote-Group: system:masters\r\nAccept: application/json\r\n\r\n';
const ROOT = '/apis/external.metrics.k8s.io/v1beta1/namespaces/default';
const QUESTIONS: Readonly<Record<string, string>> = Object.fromEntries(
  ['well', 'stuck'].map((metric) => [
    metric,
    `GET ${ROOT}/${metric}?labelSelector=queue%3Djobs HTTP/1.1\r\n${HEADERS}`,
  ]),
);
const idle: Connection[] = [];
const waiting: ((connection: Connection) => void)[] = [];

/** From when it was due, the wait for a free connection included. */
async function ask(metric: string, dueMs: number): Promise<{ readonly ms: number; readonly status: number }> {
  const connection = idle.pop() ?? (await new Promise<Connection>((resolve) => waiting.push(resolve)));
  const status = await connection.ask(metric);
  const next = waiting.shift();
  if (next === undefined) idle.push(connection);
  else next(connection);
  return { ms: performance.now() - dueMs, status };
}

/** `share` of the questions are for the stuck metric; the times are those of the others. */
async function load(share: number): Promise<void> {
  const times: number[] = [];
  let wrong = 0;
  const cpu = cpuSeconds();
  const begun = performance.now();
  const flights: Promise<void>[] = [];
  for (let sent = 0; performance.now() - begun < seconds * 1000; ) {
    const due = ((performance.now() - begun) / 1000) * rate;
    for (; sent < due; sent += 1) {
      const stuck = share > 0 && sent % Math.round(1 / share) === 0;
      flights.push(
        ask(stuck ? 'stuck' : 'well', begun + (sent / rate) * 1000).then(({ ms, status }) => {
          if (status !== (stuck ? 503 : 200)) wrong += 1;
          if (!stuck) times.push(ms);
        }),
      );
    }
    await realClock.sleep(TICK_MS);
  }
  await Promise.all(flights);
  const spent = cpuSeconds() - cpu;
  times.sort((a, b) => a - b);
  const at = (part: number) => (times[Math.floor(times.length * part)] ?? Number.NaN).toFixed(2);
  console.log(
    `${share === 0 ? 'well source' : `${share * 100} % of a stuck source`}: ${flights.length} queries at ${rate}/s over ${connections} connections, ` +
      `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ${wrong} wrong answers, ${((spent / flights.length) * 1e6).toFixed(0)} µs CPU/query, ` +
      `RSS ${memory('VmRSS')} MB (peak ${memory('VmHWM')} MB)`,
  );
}

function memory(key: string): string {
  const [, kib = '0'] =
    new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${server.pid}/status`, 'utf8')) ?? [];
  return (Number(kib) / 1024).toFixed(0);
}

function cpuSeconds(): number {
  const fields = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

console.log(`started: RSS ${memory('VmRSS')} MB`);
for (let count = 0; count < connections; count += 1) idle.push(await Connection.open());
stack.defer(() => idle.forEach((connection) => connection.close()));
console.log(`${connections} connections open: RSS ${memory('VmRSS')} MB`);
await load(0);
await load(0.1);
await load(0);
