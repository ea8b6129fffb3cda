// `npm run bench:simulate`: how long a simulated day and year take, with the twin in the loop, the queue included.
import { parseLoad } from '../../src/simulate/load/parse.ts';
import type { SimulationOptions } from '../../src/simulate/options.ts';
import { parseServiceTime } from '../../src/simulate/service-time.ts';
import { simulate } from '../../src/simulate/simulate.ts';
import { controllerFor } from '../../src/simulate/twin/platform.ts';
import { TwinAutoscaler } from '../../src/simulate/twin/twin-autoscaler.ts';

const DAY = 86_400;
const RUNS = 7;

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
  const heap = Math.round(process.memoryUsage().heapUsed / 1_048_576);
  console.log(`${name.padEnd(32)} ${best.toFixed(0).padStart(7)} ms  ${text}; heap ${heap} MiB`);
}

measure('a day, few items', () => options('sine(0→0.2/s, 6h)', '5s', DAY, 20), RUNS);
measure('a day, 1000 pods at most', () => options('sine(0→1/s, 6h)', 'exp(10m)', DAY, 1000), RUNS);
measure('a day, 5 items per second', () => options('poisson(5/s)', '1s', DAY, 20), RUNS);
measure('a year, few items', () => options('sine(0→0.2/s, 6h)', '5s', 365 * DAY, 20), 1);
