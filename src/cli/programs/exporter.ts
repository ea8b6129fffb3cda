import { hostname } from 'node:os';
import { describe } from '../../errors/lab-error.ts';
import { realClock } from '../../platform/clock.ts';
import { nodeFiles } from '../../platform/files.ts';
import { Env } from '../../workload/env.ts';
import { exporterServer } from '../../workload/exporter-server.ts';
import { listen } from '../../workload/health-server.ts';
import { log, runProgram } from './run-program.ts';
import { queueOf } from './workload-queue.ts';

/** A scrape is not left waiting longer than this for a queue that is away. */
const GIVE_UP_MS = 2_000;
const CHECK_EVERY_MS = 3_000;

await runProgram(async (stop) => {
  const env = new Env(process.env, (path) => nodeFiles.readText(path));
  const queue = await queueOf(env, {
    consumerId: `exporter-${env.text('HOSTNAME', hostname())}`,
    giveUpAfterMs: GIVE_UP_MS,
  });
  let ready = false;
  const server = exporterServer({
    queue: env.text('QUEUE_NAME', 'jobs'),
    kind: env.queueKind(),
    ledger: () => queue.ledger(),
    token: env.secret('TOKEN'),
    ready: () => ready && !stop.aborted,
    log,
  });
  await listen(server, env.number('PORT', 8080, 0, 65_535), env.text('HOST', '127.0.0.1'));
  log('exporter listens');
  while (!stop.aborted) {
    const fault = await queue.ledger().then(
      () => undefined,
      (error: unknown) => error,
    );
    if (fault !== undefined && ready) log(`error: ${describe(fault)}`);
    ready = fault === undefined;
    await realClock.sleep(CHECK_EVERY_MS, stop).catch(() => undefined);
  }
  server.close();
  server.closeIdleConnections();
  await queue.close();
});
