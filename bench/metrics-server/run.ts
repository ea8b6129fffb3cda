// Ours against upstream's Go test adapter, in one run and before the same real control plane:
//   node bench/metrics-server/run.ts [arguments of ../shared/metrics-api/bench.mjs, e.g. --seconds 3 --connections 1,50]
// Needs the build (npm run build), the Kubernetes binaries (METRICS_LAB_BIN_DIR), ../shared (METRICS_LAB_SHARED), openssl and, for the adapter, Go.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { MetricsCluster } from '../../test/integration/metrics-server/metrics-cluster.ts';
import { METRICS_API } from '../../test/helpers/metrics-corpus.ts';
import { binDir } from '../../test/helpers/real-binaries.ts';
import { freePort } from '../../src/platform/free-port.ts';
import { realClock } from '../../src/platform/clock.ts';
import { FixedRate, lineOf } from './fixed-rate.ts';

const ADAPTER = { module: 'sigs.k8s.io/custom-metrics-apiserver', version: 'v1.37.0' };
const EXTERNAL = [
  {
    name: 'my-external-metric',
    source: {
      type: 'memory',
      series: [
        { labels: { foo: 'bar' }, value: '42' },
        { labels: { foo: 'baz' }, value: '43' },
      ],
    },
  },
  { name: 'other-external-metric', source: { type: 'memory', series: [{ value: '44' }] } },
];

const FIXED = {
  rate: 2000,
  seconds: 5,
  connections: 50,
  question: {
    path: '/apis/external.metrics.k8s.io/v1beta1/namespaces/default/other-external-metric',
    status: 200,
    isAside: false,
  },
};

/** The adapter out of its Go module, built once. */
function adapterBinary(): string {
  const given = process.env['METRICS_LAB_TEST_ADAPTER'];
  if (given !== undefined) return given;
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'metrics-lab-rig');
  const binary = join(cache, 'bin', `test-adapter-${ADAPTER.version}`);
  if (existsSync(binary)) return binary;
  console.log(`building ${ADAPTER.module}/test-adapter ${ADAPTER.version} (minutes, once)`);
  const go = (args: readonly string[], cwd: string) =>
    execFileSync('go', args, { cwd, encoding: 'utf8', env: { ...process.env, GOFLAGS: '-mod=mod -buildvcs=false' } });
  const dir = mkdtempSync(join(tmpdir(), 'test-adapter-'));
  go(['mod', 'init', 'adapter'], dir);
  const { Dir } = JSON.parse(go(['mod', 'download', '-json', `${ADAPTER.module}@${ADAPTER.version}`], dir)) as {
    Dir: string;
  };
  execFileSync('cp', ['-r', Dir, join(dir, 'source')]);
  execFileSync('chmod', ['-R', 'u+w', join(dir, 'source')]);
  mkdirSync(join(cache, 'bin'), { recursive: true });
  go(['build', '-p', '1', '-o', binary, './test-adapter'], join(dir, 'source'));
  execFileSync('rm', ['-rf', dir]);
  return binary;
}

await using stack = new AsyncDisposableStack();
const binary = adapterBinary();
const metrics = new MetricsCluster('ml-a');
const { cluster } = metrics;
stack.defer(() => metrics.close());
await cluster.start();
const identities = join(cluster.dir, 'identities');
mkdirSync(identities);
for (const name of ['setup.sh', 'fixtures.json']) copyFileSync(join(METRICS_API, name), join(identities, name));
const { pki } = cluster;
execFileSync(
  'sh',
  [
    join(identities, 'setup.sh'),
    join(cluster.dir, 'admin.kubeconfig'),
    pki.ca.cert,
    pki.ca.key,
    pki.frontProxyClient.cert,
    pki.frontProxyClient.key,
    identities,
  ],
  { env: { ...process.env, PATH: `${binDir()}:${process.env['PATH']}` }, stdio: ['ignore', 'ignore', 'inherit'] },
);
const ours = await metrics.startServer({ metrics: EXTERNAL }, true);

const port = await freePort();
const kubeconfig = join(cluster.dir, 'admin.kubeconfig');
const log = openSync(join(cluster.dir, 'adapter.log'), 'a');
const adapter = spawn(
  binary,
  [
    `--secure-port=${port}`,
    `--lister-kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    `--cert-dir=${join(cluster.dir, 'adapter')}`,
    '--client-qps=100000',
    '--client-burst=100000',
  ],
  { stdio: ['ignore', log, log] },
);
stack.defer(async () => {
  const exited = once(adapter, 'exit');
  adapter.kill('SIGKILL');
  await exited;
});
await realClock.sleep(5_000);

// The adapter's write endpoint is always at 8080 and knows no token; ours needs one, which bench.mjs sends to both.
const bench = spawn(
  process.execPath,
  [
    join(METRICS_API, 'bench.mjs'),
    `--a=https://127.0.0.1:${port}`,
    '--name-a=go-adapter',
    '--write-a=http://127.0.0.1:8080',
    `--pid-a=${adapter.pid}`,
    `--b=${ours.url}`,
    '--name-b=metrics-lab',
    `--write-b=${ours.writeUrl}`,
    `--pid-b=${ours.pid}`,
    `--write-token=${metrics.token}`,
    `--identities=${identities}`,
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit' },
);
const [code] = (await once(bench, 'exit')) as [number | null];
process.exitCode = code ?? 1;

console.log(`\nat a fixed rate of ${FIXED.rate} queries/s over ${FIXED.connections} connections`);
const pem = (file: string) => readFileSync(join(identities, file), 'utf8');
const pair = { cert: pem('front-proxy.crt'), key: pem('front-proxy.key') };
for (const [name, server] of [
  ['go-adapter', { url: `https://127.0.0.1:${port}`, pid: adapter.pid ?? 0 }],
  ['metrics-lab', ours],
] as const) {
  const client = await FixedRate.open(server, pair, FIXED.connections);
  const load = { ...FIXED, ask: () => FIXED.question };
  await client.load({ ...load, seconds: 2 });
  console.log(lineOf(name, await client.load(load), server.pid));
  client.close();
}
