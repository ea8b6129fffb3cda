// `npm run bench:simulate`: how long a simulated day and year take, with the twin in the loop, the queue included.
import { parseLoad } from '../../src/simulate/load/parse.ts';
import type { SimulationOptions } from '../../src/simulate/options.ts';
import { parseServiceTime } from '../../src/simulate/service-time.ts';
import { simulate } from '../../src/simulate/simulate.ts';
import { controllerFor } from '../../src/simulate/twin/platform.ts';
import { TwinAutoscaler } from '../../src/simulate/twin/twin-autoscaler.ts';

const DAY = 86_400;
const RUNS = 7;
const GOAL_MS = 50;

const HPA = (maxReplicas: number) => ({
  metadata: { name: 'bench' },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'bench' },
    minReplicas: 1,
    maxReplicas,
    metrics: [
      {
        type: 'External',
        external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '2' } },
      },
    ],
  },
  status: { currentReplicas: 0, desiredReplicas: 0 },
});

function options(load: string, service: string, seconds: number, max: number): SimulationOptions {
  return {
    drive: { kind: 'load', load: parseLoad(load), measure: 'unfinished' },
    pods: {
      service: parseServiceTime(service),
      startSeconds: 2,
      readySeconds: 3,
      graceSeconds: 30,
      crashesPerSecond: 0,
      busyCpuMilli: 100,
      requestCpuMilli: 100,
    },
    pipeline: { pollSeconds: 5, delaySeconds: 0, maxAgeSeconds: Number.POSITIVE_INFINITY, errors: [] },
    seconds,
    syncSeconds: 15,
    initialReplicas: 1,
    seed: 1,
    autoscaler: new TwinAutoscaler({
      hpa: HPA(max),
      controller: controllerFor(36, 'amd64', 1),
      records: false,
      initialReplicas: 1,
      requestCpuMilli: 100,
      fromTrace: false,
    }),
  };
}

/** The quickest of some runs, by the CPU time of this process, which another program on the machine changes little. */
function measure(name: string, make: () => SimulationOptions, runs: number): void {
  let best = Number.POSITIVE_INFINITY;
  let text = '';
  for (let run = 0; run < runs; run += 1) {
    const before = process.cpuUsage();
    const { syncs, ledger, desired } = simulate(make());
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
    text = `${syncs} syncs, ${ledger?.published} items, at most ${desired.max} pods`;
  }
  const ratio = (GOAL_MS / best).toFixed(1);
  console.log(`${name.padEnd(40)} ${best.toFixed(0).padStart(5)} ms  ${ratio.padStart(5)} × the goal  ${text}`);
}

/** What is alive after a collection, in KiB: objects and the arrays of numbers. */
function alive(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1024;
}

/** A simulated year with pods that come, crash and go, and what is alive after each quarter of it. */
function year(): void {
  const { pods, ...rest } = options('poisson(sine(0→2/s, 6h))', 'exp(5s)', 365 * DAY, 50);
  const quarters: number[] = [];
  let next = rest.seconds / 4;
  const before = process.cpuUsage();
  const { syncs, ledger, scaleUps } = simulate({
    ...rest,
    pods: { ...pods, crashesPerSecond: 1 / 3600 },
    onSync: ({ time }) => {
      if (time < next) return;
      quarters.push(alive());
      next += rest.seconds / 4;
    },
  });
  const { user, system } = process.cpuUsage(before);
  const text = `${syncs} syncs, ${ledger?.published} items, ${scaleUps} scale-ups`;
  console.log(`${'a year'.padEnd(40)} ${((user + system) / 1000).toFixed(0).padStart(5)} ms  ${text}`);
  console.log(`alive after each quarter: ${quarters.map((kib) => `${kib.toFixed(0)} KiB`).join(', ')}`);
}

console.log(`CPU time, the quickest of ${RUNS} runs; the goal is a simulated day in ${GOAL_MS} ms`);
measure('a day, 8,640 items', () => options('sine(0→0.2/s, 6h)', '5s', DAY, 20), RUNS);
measure('a day, 43,200 items, up to 1,000 pods', () => options('sine(0→1/s, 6h)', 'exp(10m)', DAY, 1000), RUNS);
measure('a day, 432,000 items', () => options('5/s', '1s', DAY, 20), RUNS);
measure('a day, 432,000 items at random', () => options('poisson(5/s)', '1s', DAY, 20), RUNS);
measure('a day, 432,000 items, up to 1,000 pods', () => options('poisson(5/s)', 'exp(2m)', DAY, 1000), RUNS);
year();
