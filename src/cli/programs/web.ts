import { once } from 'node:events';
import { hostname } from 'node:os';
import { realClock } from '../../platform/clock.ts';
import { nodeFiles } from '../../platform/files.ts';
import { randomToken } from '../../platform/random.ts';
import { Env } from '../../workload/env.ts';
import { listen } from '../../workload/health-server.ts';
import { REQUEST_COUNT } from '../../workload/web/manifests.ts';
import { reportUntil } from '../../workload/web/reporter.ts';
import { webTarget } from '../../workload/web/web-server.ts';
import { log, runProgram } from './run-program.ts';

await runProgram(async (stop) => {
  const env = new Env(process.env, (path) => nodeFiles.readText(path));
  const pod = env.text('POD_NAME', env.text('HOSTNAME', hostname()));
  const service = env.text('SERVICE_NAME', 'web');
  const graceMs = env.duration('GRACE', '25s');
  const namespace = env.text('POD_NAMESPACE', 'default');
  const state = { started: false };
  const { server, requests } = webTarget({
    pod,
    serviceTimeMs: env.duration('SERVICE_TIME', '50ms'),
    failureRate: env.number('FAILURE_RATE', 0, 0, 1),
    random: Math.random,
    hosts: [service],
    ready: () => state.started && !stop.aborted,
    clock: realClock,
  });
  const instance = randomToken(9);
  const url = env.optional('MONITORING_URL');
  // Goes on while the last requests are answered: they count too.
  const answered = new AbortController();
  const reporting =
    url === undefined
      ? undefined
      : reportUntil(answered.signal, {
          url,
          key: env.secret('MONITORING_KEY'),
          report: () => ({ namespace, pod, services: [service], instance, counters: { [REQUEST_COUNT]: requests() } }),
          clock: realClock,
          log,
        });
  await realClock.sleep(env.duration('START_DELAY', '0s'), stop).catch(() => undefined);
  await listen(server, env.number('PORT', 8080, 0, 65_535), env.text('HOST', '127.0.0.1'));
  state.started = true;
  log(`web target ${pod} listens`);
  if (!stop.aborted) await once(stop, 'abort');
  const closed = once(server, 'close');
  server.close();
  const late = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(late);
  answered.abort();
  await reporting;
});
