import { z } from 'zod';
import { LabError } from '../../errors/lab-error.ts';
import { parseAs } from '../../kube/objects.ts';
import { realClock } from '../../platform/clock.ts';
import { nodeFiles } from '../../platform/files.ts';
import { Env } from '../../workload/env.ts';
import { log, runProgram } from './run-program.ts';

/** An HPA at zero takes two syncs of a controller with defaults, then a pod starts. */
const WITHIN = '120s';
const EVERY_MS = 1_000;

const Ledger = z.object({ published: z.number(), processed: z.number(), lost: z.number() });

// `helm test` of charts/lab: an item that the producer publishes is processed by a consumer.
await runProgram(async (stop) => {
  const env = new Env(process.env, (path) => nodeFiles.readText(path));
  const url = env.text('PRODUCER_URL', 'http://producer');
  const headers = { authorization: `Bearer ${env.secret('TOKEN')}` };
  const ask = async (method: string, path: string): Promise<unknown> => {
    const answer = await fetch(`${url}${path}`, { method, headers, signal: stop });
    const text = await answer.text();
    if (!answer.ok)
      throw new LabError('ML-CHART-TEST', { what: `${method} ${path}`, answer: `${answer.status} ${text}` });
    return JSON.parse(text);
  };
  const ledger = async () => parseAs(Ledger, await ask('GET', '/ledger'), 'the ledger');
  const before = await ledger();
  await ask('POST', '/publish/1');
  const deadline = realClock.monotonic() + env.duration('WITHIN', WITHIN);
  for (;;) {
    const now = await ledger();
    if (now.processed > before.processed) return log(`published 1 item, ${now.processed} processed in all`);
    if (stop.aborted || realClock.monotonic() > deadline)
      throw new LabError('ML-CHART-TEST', {
        what: 'an item is processed',
        answer: `not in time; ${JSON.stringify(now)}`,
      });
    await realClock.sleep(EVERY_MS, stop);
  }
});
