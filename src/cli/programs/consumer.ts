import { hostname } from 'node:os';
import { describe } from '../../errors/lab-error.ts';
import { realClock } from '../../platform/clock.ts';
import { nodeFiles } from '../../platform/files.ts';
import { type ConsumerSettings, consume } from '../../workload/consumer.ts';
import { Env } from '../../workload/env.ts';
import { healthServer, listen } from '../../workload/health-server.ts';
import { log, runProgram } from './run-program.ts';
import { queueOf } from './workload-queue.ts';

/** For leaving the queue and for the last lines. */
const CLOSING_MS = 3_000;

await runProgram(async (stop) => {
  const env = new Env(process.env, (path) => nodeFiles.readText(path));
  const settings: ConsumerSettings = {
    serviceTimeMs: env.duration('SERVICE_TIME', '1s'),
    startDelayMs: env.duration('START_DELAY', '0s'),
    failureRate: env.number('FAILURE_RATE', 0, 0, 1),
    seed: env.text('SEED', '0'),
    graceMs: env.duration('GRACE', '25s'),
  };
  const consumerId = env.text('CONSUMER_ID', env.text('HOSTNAME', hostname()));
  const state = { started: false, reachable: true };
  const queue = await queueOf(env, {
    consumerId,
    onTrouble: (error) => {
      state.reachable = error === undefined;
      log(error === undefined ? 'the queue answers again' : `waiting for the queue: ${describe(error)}`);
    },
  });
  const server = healthServer(() => state.started && state.reachable && !stop.aborted);
  await listen(server, env.number('PORT', 8080, 0, 65_535), env.text('HOST', '127.0.0.1'));
  const onReady = () => {
    state.started = true;
    log(`consumer ${consumerId} is ready`);
  };
  const working = consume(settings, { queue, clock: realClock, random: Math.random, log, onReady }, stop);
  // With the queue server away an item can be neither finished nor returned: then the queue's own recovery must do it.
  const tooLate = new Promise<void>((resolve) => {
    stop.addEventListener('abort', () => setTimeout(resolve, settings.graceMs + CLOSING_MS).unref(), { once: true });
  });
  await Promise.race([working, tooLate]);
  await queue.close();
  server.close();
});
