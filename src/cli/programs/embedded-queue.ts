import { type as osName, release } from 'node:os';
import { realClock } from '../../platform/clock.ts';
import { nodeFiles } from '../../platform/files.ts';
import { embeddedQueue } from '../../workload/embedded-queue/server.ts';
import { Env } from '../../workload/env.ts';
import { log, runProgram } from './run-program.ts';

const UPKEEP_MS = 1_000;

await runProgram(async (stop) => {
  const env = new Env(process.env, nodeFiles.readText);
  const broken = Promise.withResolvers<never>();
  const queue = embeddedQueue(
    { clock: realClock, afterTurn: setImmediate, fatal: broken.reject, host },
    { dir: env.text('QUEUE_DIR'), password: env.secret('QUEUE_PASSWORD') },
  );
  const port = await queue.listen(env.number('QUEUE_PORT', 0, 0, 65_535));
  log(`embedded queue server on 127.0.0.1:${port}`);
  const upkeep = async () => {
    while (!stop.aborted) {
      await queue.upkeep();
      await realClock.sleep(UPKEEP_MS, stop).catch(() => {}); // told to stop
    }
  };
  await Promise.race([upkeep(), broken.promise]);
  queue.close();
});

function host() {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return {
    pid: process.pid,
    os: `${osName()} ${release()} ${process.arch}`,
    residentBytes: rss,
    heapBytes: heapUsed,
    userCpuSeconds: user / 1e6,
    systemCpuSeconds: system / 1e6,
  };
}
