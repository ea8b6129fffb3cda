import { once } from 'node:events';
import { log, runProgram } from './run-program.ts';

// The container of a workload whose load is written by hand (`up --pipeline test`): it waits until it is told to stop.
await runProgram(async (stop) => {
  log('waiting');
  // An open handle: a program that waits for nothing but a signal would end at once.
  using _alive = {
    [Symbol.dispose]: clearInterval.bind(
      undefined,
      setInterval(() => undefined, 60_000),
    ),
  };
  if (!stop.aborted) await once(stop, 'abort');
});
