import { expect, test } from 'vitest';
import { linesFor } from '../../../src/cli/watch/lines.ts';
import { after, event, GO_SELECTOR, HEALTHY, hpa, live, liveFailure, NOON, ready, stateOf } from './fixture.ts';

const start = stateOf({ type: 'hpas', hpas: [hpa()] }, live('2'), ready(1));

test('a line is the item of status with the seven things that the watch adds', () => {
  expect(linesFor(undefined, start)).toEqual([
    {
      time: '2026-11-22T12:00:02.000Z',
      namespace: 'metrics-lab',
      name: 'consumer',
      current: 1,
      desired: 1,
      min: 1,
      max: 20,
      scaleTargetRef: { kind: 'Deployment', name: 'consumer' },
      metrics: [{ name: 'queue_length', type: 'External', current: '2', target: '2', targetType: 'AverageValue' }],
      conditions: start.hpas[0]?.summary.conditions,
      metric: 2,
      target: '2',
      ready: 1,
      reason: 'ReadyForNewScale: recommended size matches current size',
      live: [{ name: 'queue_length', value: '2', at: NOON }],
    },
  ]);
});

test('no line without a change that a reader can see', () => {
  const later = after(start, live('2'), { type: 'tick', staleSince: undefined }, { type: 'hpas', hpas: [hpa()] });
  expect(linesFor(start, later)).toEqual([]);
});

test.each([
  ['the metric', [live('3')], { metric: 3 }],
  ['the status', [{ type: 'hpas', hpas: [hpa({ average: '3' })] }], { metrics: [{ current: '3' }] }],
  ['desired', [{ type: 'hpas', hpas: [hpa({ desired: 4 })] }], { desired: 4 }],
  ['bounds', [{ type: 'hpas', hpas: [hpa({ max: 9 })] }], { max: 9 }],
  ['ready', [ready(2)], { ready: 2 }],
  ['a failed read', [liveFailure('503: down')], { metric: null, metricReason: '503: down' }],
  ['a lost API', [{ type: 'tick', staleSince: NOON }], { staleSince: '2026-11-22T12:00:00.000Z', metric: 2 }],
  ['a deleted HPA', [{ type: 'hpas', hpas: [] }], { deleted: true, reason: 'deleted' }],
] as const)('%s makes one line', (_, steps, expected) => {
  const lines = linesFor(start, after(start, ...steps));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject(expected);
});

test('a failure that only counts on is told once', () => {
  const first = after(start, liveFailure('the value is 12 s old'));
  expect(linesFor(first, after(first, liveFailure('the value is 17 s old')))).toEqual([]);
  expect(linesFor(first, after(first, liveFailure('no series')))).toHaveLength(1);
});

test('kubernetes#140956: the artefact is no value in JSON', () => {
  const [line] = linesFor(
    undefined,
    stateOf({ type: 'hpas', hpas: [hpa({ current: 0, min: 0, average: '-9223372036854775808m' })] }),
  );
  expect(line?.metrics[0]).toMatchObject({
    current: null,
    raw: '-9223372036854775808m',
    artefact: '0 replicas: average undefined',
  });
});

test('an External metric that was not asked for yet is unknown, not the average of the status', () => {
  const [line] = linesFor(undefined, stateOf({ type: 'hpas', hpas: [hpa()] }));
  expect(line).toMatchObject({ metric: null, metricReason: 'the metrics API has not been asked yet' });
});

const REASONS: readonly [string, Parameters<typeof hpa>[0], string][] = [
  ['new', { conditions: [] }, 'the HPA controller has not looked at this HPA yet'],
  [
    'rescaled',
    { desired: 4, conditions: [['AbleToScale', 'True', 'SucceededRescale', 'updated …'], ...(HEALTHY ?? []).slice(1)] },
    'SuccessfulRescale: New size: 4; reason: external metric queue_length(queue=jobs) above target',
  ],
  [
    'rescaled, the event is not there yet',
    {
      desired: 5,
      conditions: [['AbleToScale', 'True', 'SucceededRescale', 'updated to 5'], ...(HEALTHY ?? []).slice(1)],
    },
    'SucceededRescale: updated to 5',
  ],
  [
    'held by stabilization, and limited',
    {
      conditions: [
        ['AbleToScale', 'True', 'ScaleDownStabilized', 'recent recommendations were higher …'],
        ['ScalingActive', 'True', 'ValidMetricFound'],
        ['ScalingLimited', 'True', 'TooManyReplicas', 'more than the maximum'],
      ],
    },
    'ScaleDownStabilized: recent recommendations were higher …; TooManyReplicas: more than the maximum',
  ],
  [
    'a failed metric comes before everything but a lost target',
    {
      average: undefined,
      conditions: [
        ['AbleToScale', 'True', 'SucceededGetScale', 'x'],
        ['ScalingActive', 'False', 'FailedGetExternalMetric', 'unable to …'],
        ['ScalingLimited', 'True', 'TooManyReplicas', 'y'],
      ],
    },
    'FailedGetExternalMetric: unable to …',
  ],
  [
    'a lost target',
    {
      conditions: [
        ['AbleToScale', 'False', 'FailedGetScale', 'not found'],
        ['ScalingActive', 'False', 'X'],
      ],
    },
    'FailedGetScale: not found',
  ],
];
test.each(REASONS)('the reason of an HPA that is %s', (_, parts, reason) => {
  const events = [
    event('New size: 4; reason: older', { at: 1 }),
    event(`New size: 4; reason: ${GO_SELECTOR} above target`),
  ];
  const state = stateOf({ type: 'hpas', hpas: [hpa(parts)] }, { type: 'events', events });
  expect(linesFor(undefined, state)[0]?.reason).toBe(reason);
});
