import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cloneMemory,
  compileHpa,
  DEFAULT_FLAGS,
  type DecideInput,
  Decider,
  type DecisionStep,
  decisionLines,
  decisionText,
  type HpaMemory,
  type HpaSpec,
  type HpaStatus,
  newDecision,
  newMemory,
  type Platform,
  podView,
  type ReconcileInput,
  readyPodsCount,
  reconcile,
} from '../../../../src/hpa/index.ts';
import { hpaSpec, platform, pods, samples } from './arbitrary.ts';

const START = 946_684_800_000;
const SYNC_MS = 15_000;

interface Situation {
  readonly spec: HpaSpec;
  readonly platform: Platform;
  readonly current: number;
  readonly values: readonly (number | null)[];
  readonly status: HpaStatus;
  readonly memory: HpaMemory;
  readonly nowMs: number;
}

function inputOf({ spec, platform: on, current, values, status, memory, nowMs }: Situation): ReconcileInput {
  return {
    platform: on,
    flags: DEFAULT_FLAGS,
    nowMs,
    hpa: { metadata: { name: 'web', namespace: 'ns', generation: 1 }, spec, status },
    memory,
    otherHpas: [],
    scale: { specReplicas: current, statusReplicas: current, selector: 'app=web' },
    pods: pods(current),
    metrics: values.map((value) => ({
      external: value === null ? { error: 'no answer' } : { items: [{ value: `${value}m` }] },
    })),
    record: true,
  };
}

const EMPTY: HpaStatus = { currentReplicas: 0, desiredReplicas: 0, currentMetrics: null };

const fresh = fc
  .record({ spec: hpaSpec, platform, values: samples, position: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ spec, platform: on, values, position }): Situation => {
    const min = spec.minReplicas ?? 1;
    const current = min + Math.round((spec.maxReplicas - min) * position);
    return { spec, platform: on, current, values, status: EMPTY, memory: newMemory(), nowMs: START };
  });

describe('a cycle', () => {
  it('is a function: same input, same output, nothing of the input changed', () => {
    fc.assert(
      fc.property(fresh, (situation) => {
        const input = inputOf(situation);
        const before = structuredClone(input);
        const first = reconcile(input);
        expect(input).toEqual(before);
        expect(reconcile(input)).toEqual(first);
      }),
    );
  });

  it('stays between min and max, whatever the metrics say', () => {
    fc.assert(
      fc.property(fresh, fc.array(samples, { maxLength: 12 }), (situation, cycles) => {
        let now: Situation = situation;
        for (const values of [situation.values, ...cycles]) {
          const output = reconcile(inputOf({ ...now, values }));
          const desired = output.scaleUpdates.at(-1) ?? now.current;
          expect(desired).toBeGreaterThanOrEqual(situation.spec.minReplicas ?? 1);
          expect(desired).toBeLessThanOrEqual(situation.spec.maxReplicas);
          const { status, memory } = output;
          now = { ...now, current: desired, status, memory, nowMs: now.nowMs + SYNC_MS };
        }
      }),
    );
  });

  it('comes to rest: with the same metrics a count that did not move writes nothing more', () => {
    fc.assert(
      fc.property(fresh, (situation) => {
        const first = reconcile(inputOf(situation));
        fc.pre(first.scaleUpdates.length === 0 && first.error === null);
        const { status, memory } = first;
        // At the same instant: later, an old recommendation may have left its window.
        const second = reconcile(inputOf({ ...situation, status, memory }));
        expect(second).toMatchObject({ error: null, scaleUpdates: [], statusWritten: false, status });
      }),
    );
  });

  it('never asks for less when the load is higher', () => {
    fc.assert(
      fc.property(fresh, fc.integer({ min: 0, max: 1_000_000 }), (situation, more) => {
        fc.pre(situation.values.every((value) => value !== null));
        const desired = (values: readonly (number | null)[]): number => {
          const output = reconcile(inputOf({ ...situation, values }));
          return output.scaleUpdates.at(-1) ?? situation.current;
        };
        const higher = situation.values.map((value) => (value === null ? null : value + more));
        expect(desired(higher)).toBeGreaterThanOrEqual(desired(situation.values));
      }),
    );
  });

  it('explains itself, and the explanation ends with the result', () => {
    fc.assert(
      fc.property(fresh, (situation) => {
        const { record, scaleUpdates } = reconcile(inputOf(situation));
        expect(record).not.toBeNull();
        if (record === null) return;
        const desired = scaleUpdates.at(-1) ?? situation.current;
        expect(record.desired).toBe(desired);
        expect(decisionText(record)).toMatch(new RegExp(` → ${desired}$`));
        expect(decisionLines(record).length).toBe(record.steps.length);
        expect(JSON.parse(JSON.stringify(record))).toEqual(record);
      }),
    );
  });
});

describe('a decision at speed', () => {
  it('is the decision of the cycle, with the same memory and record', () => {
    fc.assert(
      fc.property(fresh, fc.array(samples, { maxLength: 12 }), (situation, cycles) => {
        const decider = new Decider(compileHpa(situation.spec, situation.platform, DEFAULT_FLAGS));
        const decision = newDecision();
        const fast = cloneMemory(situation.memory);
        let now: Situation = situation;
        let scaledToZero = false;
        for (const values of [situation.values, ...cycles]) {
          const output = reconcile(inputOf({ ...now, values }));
          const views = pods(now.current).map(podView);
          const input: DecideInput = {
            nowMs: now.nowMs,
            specReplicas: now.current,
            statusReplicas: now.current,
            readyPods: readyPodsCount(views),
            pods: views,
            samples: values.map((value) => ({ failed: value === null, total: value ?? 0, values: null })),
            scaledToZero,
          };
          const steps: DecisionStep[] = [];
          decider.decide(fast, input, decision, steps);
          const desired = output.scaleUpdates.at(-1) ?? now.current;
          expect(decision.desired).toBe(desired);
          expect({ ...fast, selector: null }).toEqual({ ...output.memory, selector: null });
          const rules = (list: readonly DecisionStep[]): unknown =>
            list.map(({ rule, result }) => [rule, typeof result === 'string' ? '' : result]);
          expect(rules(steps)).toEqual(rules(output.record?.steps ?? []));
          scaledToZero = decision.scaledToZero;
          const { status, memory } = output;
          now = { ...now, current: desired, status, memory, nowMs: now.nowMs + SYNC_MS };
        }
      }),
    );
  });
});
