// Decisions per second of the twin on one core: one External AverageValue metric, the load a slow wave, so that tolerance,
// stabilization, limits and rescales all happen. Counts CPU time of the process (compiler and collector included), so that
// other work on the machine does not matter. Prints lines "name  N decisions/s  checksum N".
import type { HpaSpec } from '../../src/hpa/api/types.ts';
import {
  compileHpa,
  DEFAULT_FLAGS,
  type DecideInput,
  Decider,
  type DecisionStep,
  type MetricSample,
  newDecision,
  newMemory,
  recordOf,
} from '../../src/hpa/index.ts';

const SYNC_MS = 15_000;

const base: HpaSpec = {
  scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'worker' },
  minReplicas: 1,
  maxReplicas: 50,
  metrics: [
    { type: 'External', external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '10' } } },
  ],
};
const withBehavior: HpaSpec = {
  ...base,
  behavior: {
    scaleUp: {
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Max',
      policies: [
        { type: 'Pods', value: 4, periodSeconds: 15 },
        { type: 'Percent', value: 100, periodSeconds: 15 },
      ],
    },
    scaleDown: { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
  },
};

/** The wave of load in milli-units: the same numbers as the Go program's. */
export function load(cycle: number): number {
  return Math.round((250 + 240 * Math.sin(cycle / 40)) * 1000);
}

interface Run {
  readonly perSecond: number;
  /** Sum of all replica counts: the same work gives the same sum. */
  readonly checksum: number;
}

function run(spec: HpaSpec, cycles: number, record: boolean): Run {
  const decider = new Decider(compileHpa(spec, { minor: 36, arch: 'amd64', gates: {} }, DEFAULT_FLAGS));
  const memory = newMemory();
  const decision = newDecision();
  const sample: MetricSample = { failed: false, total: 0, values: null };
  const input: DecideInput = {
    nowMs: 0,
    specReplicas: 1,
    statusReplicas: 1,
    readyPods: 1,
    pods: [],
    samples: [sample],
    scaledToZero: false,
  };
  const wave = Array.from({ length: 4096 }, (_, i) => load(i));
  let checksum = 0;
  let kept = 0;
  const start = process.cpuUsage();
  for (let i = 0; i < cycles; i += 1) {
    input.nowMs = i * SYNC_MS;
    sample.total = wave[i & 4095] ?? 0;
    const steps: DecisionStep[] | null = record ? [] : null;
    decider.decide(memory, input, decision, steps);
    if (steps !== null) kept += recordOf(steps, input.specReplicas, decision.desired).steps.length;
    input.specReplicas = decision.desired;
    input.statusReplicas = decision.desired;
    checksum += decision.desired;
  }
  const used = process.cpuUsage(start);
  const seconds = (used.user + used.system) / 1e6;
  if (record && kept === 0) throw new Error('the record is empty');
  return { perSecond: cycles / seconds, checksum };
}

const CYCLES = Number(process.argv[2] ?? 3_000_000);
const cases: readonly (readonly [string, HpaSpec, boolean])[] = [
  ['default-record-off', base, false],
  ['behavior-record-off', withBehavior, false],
  ['default-record-on', base, true],
  ['behavior-record-on', withBehavior, true],
];
for (const [name, spec, record] of cases) {
  run(spec, CYCLES / 10, record);
  const result = run(spec, CYCLES, record);
  console.log(`${name}  ${Math.round(result.perSecond)} decisions/s  checksum ${result.checksum}`);
}
