import { describe, expect, it } from 'vitest';
import { LabError } from '../../../src/errors/lab-error.ts';
import { EVERYTHING } from '../../../src/kube/label-selector.ts';
import { Faults } from '../../../src/metrics-server/admin/faults.ts';
import { faultyCustom, faultyExternal } from '../../../src/metrics-server/admin/faulty.ts';
import { QueryLog } from '../../../src/metrics-server/admin/query-log.ts';
import type { Answered } from '../../../src/metrics-server/api/handler.ts';
import { failureEvent, logLine } from '../../../src/metrics-server/log.ts';
import type { CustomMetricsProvider, ExternalMetricsProvider } from '../../../src/metrics-server/provider.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

describe('faults on demand', () => {
  it('last until they are cleared or over, and the newest counts', async () => {
    const clock = new ManualClock();
    const faults = new Faults(clock);
    expect(faults.set('m', { status: 503 })).toBeUndefined();
    expect(faults.now('m')).toEqual({ status: 503 });
    expect(faults.now('other')).toBeUndefined();
    expect(faults.set('m', { empty: true, forSeconds: 10 })).toBeUndefined();
    await clock.advance(9_999);
    expect(faults.list()).toMatchObject([{ metric: 'm', fault: { empty: true, forSeconds: 10 } }]);
    await clock.advance(1);
    expect(faults.list()).toEqual([]);
    expect([faults.set('m', { text: 'NaN' }), faults.clear('m'), faults.clear('m')]).toEqual([undefined, true, false]);
  });

  it('flap: faulty first, then well, in turns; alone it is 503', async () => {
    const clock = new ManualClock();
    const faults = new Faults(clock);
    faults.set('a', { flapSeconds: 30 });
    faults.set('b', { flapSeconds: 30, empty: true });
    const seen: unknown[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      seen.push([faults.now('a'), faults.now('b')]);
      await clock.advance(30_000);
    }
    const faulty = [{ status: 503 }, { empty: true }];
    expect(seen).toEqual([faulty, [undefined, undefined], faulty]);
  });

  it.each([
    [{}],
    [{ forSeconds: 5 }],
    [{ status: 200 }],
    [{ status: 503, empty: true }],
    [{ empty: true, text: 'x' }],
    [{ delaySeconds: -1 }],
    [{ delaySeconds: 1e9 }],
    [{ text: 'x'.repeat(1000) }],
    [{ typo: 1 }],
    ['status'],
    [null],
  ])('%j is refused', (fault) => {
    const faults = new Faults(new ManualClock());
    expect(faults.set('m', fault)).toMatch(/\w/);
    expect(faults.list()).toEqual([]);
  });

  const value = { labels: {}, value: '5', timestampMs: 100_000 };
  const external: ExternalMetricsProvider = {
    getExternalMetric: () => [value],
    listAllExternalMetrics: () => ['m'],
  };
  const custom: CustomMetricsProvider = {
    getMetricByName: ({ name }) => ({ ...value, name }),
    getMetricBySelector: ({ names }) => names.map((name) => ({ ...value, name })),
    listAllMetrics: () => [],
    revision: 1,
  };
  it.each([
    [{ empty: true }, []],
    [{ text: 'NaN' }, [{ value: 'NaN', timestampMs: 100_000 }]],
    [{ staleSeconds: 60 }, [{ value: '5', timestampMs: 40_000 }]],
    [{ delaySeconds: 1 }, [{ value: '5', timestampMs: 100_000 }]],
  ] as const)('%j changes the values of both APIs', async (fault, expected) => {
    const query = { namespace: 'n', metric: 'm', selector: EVERYTHING };
    expect(await faultyExternal(external, fault).getExternalMetric(query)).toMatchObject(expected);
    const resource = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };
    const one = { resource, namespace: 'n', metric: 'm', metricSelector: EVERYTHING };
    const faulty = faultyCustom(custom, fault);
    expect(await faulty.getMetricBySelector({ ...one, names: ['a'] })).toMatchObject(expected);
    const named = await faulty.getMetricByName({ ...one, name: 'a' });
    expect(named === undefined ? [] : [named]).toMatchObject(expected);
    expect(faulty.revision).toBeUndefined(); // no answer is kept
  });
});

function answered(more: Partial<Answered>): Answered {
  return {
    target: { kind: 'external', namespace: 'shop', metric: 'm' },
    status: 200,
    ms: 1.23456,
    user: 'hpa',
    url: '/apis/x?labelSelector=queue%3Djobs',
    fault: undefined,
    faulty: false,
    body: '{"items":[{"metricLabels":{"queue":"jobs"},"value":"5"}]}',
    ...more,
  };
}

describe('the query log', () => {
  it('keeps the last questions, with the answer and the reading that it came from', () => {
    const log = new QueryLog(3);
    const state = {
      samples: [{ labels: { a: 'b' }, value: '4', timestampMs: 1_000 }],
      readAt: 1_000,
      error: new LabError('ML-SOURCE-READ', { source: 's', cause: 'gone' }),
      reads: 1,
      failures: 1,
      causes: new Map(),
      lastMs: 1,
      endedAtMs: 1_000,
    };
    for (let count = 0; count < 4; count += 1) log.add(answered({}), 3_500, { source: 's', state });
    log.add(answered({ target: { kind: 'external', namespace: 'n', metric: 'other' } }), 0, undefined);
    expect(log.after(0, undefined).map(({ number, metric }) => `${number} ${metric}`)).toEqual([
      '3 m',
      '4 m',
      '5 other',
    ]);
    expect(log.after(3, 'm')).toEqual([
      {
        number: 4,
        time: '1970-01-01T00:00:03.500Z',
        user: 'hpa',
        api: 'external',
        metric: 'm',
        namespace: 'shop',
        object: null,
        selector: 'queue=jobs',
        status: 200,
        ms: 1.235,
        values: [{ of: 'queue=jobs', value: '5' }],
        message: null,
        source: {
          name: 's',
          values: [{ of: 'a=b', value: '4' }],
          ageSeconds: 2.5,
          error: expect.stringContaining('gone'),
        },
        faulty: false,
      },
    ]);
    expect(log.after(5, undefined)).toEqual([]);
  });

  it('keeps neither long answers nor large readings', () => {
    const log = new QueryLog();
    log.add(answered({ body: `{"items":[],"x":"${'y'.repeat(9_000)}"}` }), 0, undefined);
    log.add(answered({ status: 503, body: '{"kind":"Status","message":"no fresh value"}' }), 0, undefined);
    expect(log.after(0, undefined)).toMatchObject([
      { values: null, message: null },
      { values: null, message: 'no fresh value' },
    ]);
  });
});

it('a log line has one cause', () => {
  const event = failureEvent('source-failed', new LabError('ML-SOURCE-READ', { source: 's', cause: 'it "ended"' }), {
    source: 'a b',
  });
  expect(logLine(event)).toMatch(
    /^level=error event=source-failed source="a b" cause=ML-SOURCE-READ msg=".*\\"ended\\".*"$/,
  );
});
