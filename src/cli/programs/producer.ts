import { hostname } from 'node:os';
import { describe } from '../../errors/lab-error.ts';
import { realClock } from '../../platform/clock.ts';
import { nodeFiles } from '../../platform/files.ts';
import { Env } from '../../workload/env.ts';
import { listen } from '../../workload/health-server.ts';
import { hostCheck, producerServer } from '../../workload/producer-server.ts';
import { fileLedger } from '../../workload/queues/item-ledger.ts';
import { log, runProgram } from './run-program.ts';
import { queueOf } from './workload-queue.ts';

/** A request is not left waiting longer than this for a queue that is away. */
const GIVE_UP_MS = 20_000;
const CHECK_EVERY_MS = 3_000;

await runProgram(async (stop) => {
  const env = new Env(process.env, (path) => nodeFiles.readText(path));
  const state = { ready: false };
  const queue = await queueOf(env, {
    consumerId: `producer-${env.text('HOSTNAME', hostname())}`,
    giveUpAfterMs: GIVE_UP_MS,
    onTrouble: (error) => {
      state.ready = error === undefined;
      log(error === undefined ? 'the queue answers again' : `waiting for the queue: ${describe(error)}`);
    },
  });
  const token = env.secret('TOKEN');
  const isAllowedHost = hostCheck(env.text('ALLOWED_HOSTS', 'producer').split(','));
  const ready = () => state.ready && !stop.aborted;
  const ledgerFile = env.optional('LEDGER_FILE');
  const ledger = ledgerFile === undefined ? undefined : fileLedger(nodeFiles, ledgerFile);
  const server = producerServer({
    ...(ledger === undefined ? {} : { ledger }),
    queue,
    token,
    ready,
    isAllowedHost,
    stop,
    log,
  });
  await listen(server, env.number('PORT', 8080, 0, 65_535), env.text('HOST', '127.0.0.1'));
  log('producer listens');
  while (!stop.aborted) {
    const fault = await queue.ledger().then(
      () => undefined,
      (error: unknown) => error,
    );
    if (fault !== undefined) log(`error: ${describe(fault)}`);
    state.ready = fault === undefined;
    await realClock.sleep(CHECK_EVERY_MS, stop).catch(() => undefined);
  }
  server.close();
  server.closeIdleConnections();
  await queue.close();
});
