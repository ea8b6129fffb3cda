import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTime, parseDuration, parseTime, timeOrZero, ZERO_TIME_MS } from '../../../../src/hpa/time.ts';

describe('times', () => {
  it('reads and writes as the platform does', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }),
        (date) => {
          expect(parseTime(date.toISOString())).toBe(date.getTime());
          expect(formatTime(date.getTime())).toBe(`${date.toISOString().slice(0, 19)}Z`);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('knows offsets', () => {
    expect(parseTime('2000-01-01T02:30:00+02:30')).toBe(parseTime('2000-01-01T00:00:00Z'));
  });

  it('takes an absent or unreadable time as the zero time', () => {
    expect(timeOrZero(undefined)).toBe(ZERO_TIME_MS);
    expect(timeOrZero('yesterday')).toBe(ZERO_TIME_MS);
    expect(parseTime('0001-01-01T00:00:00Z')).toBe(ZERO_TIME_MS);
  });

  it.each([
    ['30s', 30_000],
    ['1m30.5s', 90_500],
    ['-1h', -3_600_000],
    ['0', 0],
    ['10', null],
    ['', null],
  ])('reads the duration %j', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });
});
