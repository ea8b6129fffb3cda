// Decisions per second of the twin on one core: one External AverageValue metric, the load a slow wave, so that tolerance,
// stabilization, limits and rescales all happen. Counts CPU time of the process (compiler and collector included), so that
// other work on the machine does not matter.
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
function load(cycle: number): number {
  return Math.round((250 + 240 * Math.sin(cycle / 40)) * 1000);
}

export interface Run {
  readonly name: string;
  readonly record: boolean;
  readonly perSecond: number;
  /** Sum of all replica counts: the same work gives the same sum. */
  readonly checksum: number;
}

function run(name: string, spec: HpaSpec, cycles: number, record: boolean): Run {
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
  return { name, record, perSecond: cycles / seconds, checksum };
}

/** All cases, each warmed up first. */
export function measure(cycles: number): readonly Run[] {
  const cases = [
    ['default', base],
    ['behavior', withBehavior],
  ] as const;
  return [false, true].flatMap((record) =>
    cases.map(([name, spec]) => {
      run(name, spec, Math.ceil(cycles / 10), record);
      return run(name, spec, cycles, record);
    }),
  );
}
