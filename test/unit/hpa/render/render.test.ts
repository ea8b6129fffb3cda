import { describe, expect, it } from 'vitest';
import { decodeV2 } from '../../../../src/hpa/api/codec.ts';
import type { HpaV2 } from '../../../../src/hpa/api/types.ts';
import { quirksOf } from '../../../../src/hpa/quirks.ts';
import { describeHpa } from '../../../../src/hpa/render/describe.ts';
import { humanDuration } from '../../../../src/hpa/render/duration.ts';
import { rfc1123z } from '../../../../src/hpa/render/rfc1123z.ts';
import { HPA_COLUMNS, hpaCells } from '../../../../src/hpa/render/table.ts';
import { alignTabs } from '../../../../src/hpa/render/tabwriter.ts';

const NOW = 947548800000; // 2000-01-11T00:00:00Z
const HPA = {
  metadata: { name: 'web', namespace: 'ns1', creationTimestamp: '2000-01-10T02:06:15Z', labels: { app: 'web' } },
  spec: {
    scaleTargetRef: { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' },
    maxReplicas: 10,
    metrics: [
      { type: 'External', external: { metric: { name: 'q' }, target: { type: 'AverageValue', averageValue: '10' } } },
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
      {
        type: 'Object',
        object: {
          describedObject: { kind: 'Service', name: 'web' },
          metric: { name: 'hits' },
          target: { type: 'Value', value: '0.5' },
        },
      },
    ],
    behavior: { scaleDown: { policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] } },
  },
  status: {
    desiredReplicas: 3,
    currentMetrics: [
      { type: 'External', external: { metric: { name: 'q' }, current: { averageValue: '9.5' } } },
      { type: '' },
    ],
  },
};
const hpa = (minor: number): HpaV2 => decodeV2(HPA, quirksOf(minor)).value;
const text = (minor: number): string => {
  const quirks = quirksOf(minor);
  return describeHpa(hpa(minor), { nowMs: NOW, quirks, events: [] });
};

describe('kubectl get hpa', () => {
  it('shows two metrics and counts the rest; the resource is named from 1.30 on', () => {
    expect(hpaCells(hpa(36), NOW, quirksOf(36))).toEqual([
      'web',
      'Deployment/web',
      '9500m/10 (avg), cpu: <unknown>/80% + 1 more...',
      '<unset>',
      10,
      0,
      '21h',
    ]);
    expect(hpaCells(hpa(29), NOW, quirksOf(29))[2]).toBe('9500m/10 (avg), <unknown>/80% + 1 more...');
    expect(HPA_COLUMNS.map(({ name }) => name)).toHaveLength(hpaCells(hpa(36), NOW, quirksOf(36)).length);
  });
});

describe('kubectl describe hpa', () => {
  it('describes v2', () => {
    expect(text(36)).toMatchInlineSnapshot(`
      "Name:                                                  web
      Namespace:                                             ns1
      Labels:                                                app=web
      Annotations:                                           <none>
      CreationTimestamp:                                     Mon, 10 Jan 2000 02:06:15 +0000
      Reference:                                             Deployment/web
      Metrics:                                               ( current / target )
        "q" (target average value):                          9500m / 10
        resource cpu on pods  (as a percentage of request):  <unknown> / 80%
        "hits" on Service/web (target value):                <unknown> / 500m
      Min replicas:                                          <unset>
      Max replicas:                                          10
      Behavior:
        Scale Down:
          Select Policy: Max
          Policies:
            - Type: Pods  Value: 1  Period: 60 seconds
      Deployment pods:    0 current / 3 desired
      Events:             <none>
      "
    `);
  });

  it('of 1.26 describes v1, annotations and all', () => {
    expect(text(26)).toContain('autoscaling.alpha.kubernetes.io/metrics:');
    expect(text(26)).toContain('Target CPU utilization:   80%\nCurrent CPU utilization:  <unknown>%\n');
  });
});

describe('humanDuration', () => {
  it.each([
    [-2000, '<invalid>'],
    [-1500, '0s'],
    [119_999, '119s'],
    [120_000, '2m'],
    [125_000, '2m5s'],
    [10 * 60_000 + 5000, '10m'],
    [3 * 3_600_000, '3h'],
    [7 * 3_600_000 + 60_000, '7h1m'],
    [47 * 3_600_000, '47h'],
    [48 * 3_600_000, '2d'],
    [8 * 86_400_000, '8d'],
    [729 * 86_400_000, '729d'],
    [731 * 86_400_000, '2y1d'],
    [9 * 365 * 86_400_000, '9y'],
  ])('%i ms reads %s', (ms, expected) => {
    expect(humanDuration(ms)).toBe(expected);
  });
});

describe('alignTabs', () => {
  it('ends a column where a line has no cell in it; a form feed ends all', () => {
    expect(alignTabs('a\tb\nlong\tc\nx\ny\tz\f1\t2')).toBe('a     b\nlong  c\nx\ny  z\n1  2');
    expect(alignTabs('😀\tb\nab\tc\n')).toBe('😀   b\nab  c\n');
  });
});

it('writes dates of any era', () => {
  expect(rfc1123z(0)).toBe('Thu, 01 Jan 1970 00:00:00 +0000');
  expect(rfc1123z(-62_135_596_800_000)).toBe('Mon, 01 Jan 0001 00:00:00 +0000');
  expect(rfc1123z(951_782_400_000)).toBe('Tue, 29 Feb 2000 00:00:00 +0000');
});
