// The promises of DESIGN 4 about our own server: memory with 200 connections, p99 at 2,000 queries/s, and that a stuck source does not
// move it. Open loop: a query is due when it is due. Without a cluster; needs the build (npm run build).
//   node bench/metrics-server/limits.ts [--seconds 10] [--rate 2000] [--connections 200]
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MetricsServerProcess } from '../../test/helpers/metrics-server-process.ts';
import { testPair } from '../../test/helpers/test-pki.ts';
import { FixedRate, lineOf, memoryOf, type Question } from './fixed-rate.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    rate: { type: 'string', default: '2000' },
    connections: { type: 'string', default: '200' },
  },
});
const [seconds, rate, connections] = [Number(values.seconds), Number(values.rate), Number(values.connections)];

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

const ROOT = '/apis/external.metrics.k8s.io/v1beta1/namespaces/default';
const WELL = { path: `${ROOT}/well?labelSelector=queue%3Djobs`, status: 200, isAside: false };
const STUCK = { path: `${ROOT}/stuck?labelSelector=queue%3Djobs`, status: 503, isAside: true };

const { pid } = server;
console.log(`started: RSS ${memoryOf(pid, 'VmRSS')} MB`);
const client = await FixedRate.open(server, proxy, connections);
stack.defer(() => client.close());
console.log(`${connections} connections open: RSS ${memoryOf(pid, 'VmRSS')} MB; ${rate} queries/s from here on`);
const measure = async (name: string, ask: (index: number) => Question) =>
  console.log(lineOf(name, await client.load({ rate, seconds, ask }), pid));
await measure('first queries, cold', () => WELL);
await measure('source is well', () => WELL);
await measure('every tenth query for a source that is stuck', (index) => (index % 10 === 0 ? STUCK : WELL));
await measure('source is well', () => WELL);
