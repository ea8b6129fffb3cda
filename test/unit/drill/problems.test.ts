import { describe, expect, it } from 'vitest';
import { problemsOf } from '../../../src/drill/problems.ts';
import { DRILLS } from '../../../src/drill/registry.ts';

const found = (id: string, severity: 'info' | 'warning' | 'error' = 'warning') => ({
  id,
  severity,
  title: `about ${id}`,
});

describe('a drill', () => {
  const drill = { finding: 'stale-metrics', also: ['at-maxreplicas'] };

  it('passes when its finding is named, alone or beside what is true too', () => {
    expect(problemsOf(drill, [found('stale-metrics')])).toEqual([]);
    expect(problemsOf(drill, [found('stale-metrics'), found('at-maxreplicas'), found('anything', 'info')])).toEqual([]);
  });

  it('fails when its finding is missing', () => {
    expect(problemsOf(drill, [])).toEqual(['explain does not name stale-metrics; it names nothing']);
    expect(problemsOf(drill, [found('at-maxreplicas')])).toEqual([
      'explain does not name stale-metrics; it names at-maxreplicas',
    ]);
  });

  it('fails with a false companion', () => {
    expect(problemsOf(drill, [found('stale-metrics'), found('adapter-timeout', 'error')])).toEqual([
      'false companion adapter-timeout: about adapter-timeout',
    ]);
  });

  it('that is a healthy look-alike fails with any warning', () => {
    expect(problemsOf({ finding: null }, [])).toEqual([]);
    expect(problemsOf({ finding: null }, [found('at-maxreplicas')])).toHaveLength(1);
  });

  it.each(DRILLS.map(({ id, teaches }) => [id, teaches] as const))(
    '%s teaches what is seen, why, and what to do',
    (_, { see, why, act }) => {
      for (const text of [see, why, act]) expect(text).toMatch(/\w{3}/);
    },
  );
});
