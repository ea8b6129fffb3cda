import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSourceConfig } from '../../../src/sources/config.ts';
import { inWindow } from '../../../src/sources/cron/window.ts';
import { openSource } from '../../../src/sources/open-source.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const berlin = (start: string, end: string) => ({ start, end, timezone: 'Europe/Berlin' });
const at = (window: Parameters<typeof inWindow>[0], time: string) => inWindow(window, Date.parse(time));

describe('a window by the clock', () => {
  // Summer time begins on 29 March 2026 at 01:00 UTC and ends on 25 October 2026 at 01:00 UTC.
  test.each([
    ['2026-03-27T06:59:59Z', false],
    ['2026-03-27T07:00:00Z', true], // Friday 08:00 in winter
    ['2026-03-27T16:59:59Z', true],
    ['2026-03-27T17:00:00Z', false],
    ['2026-03-28T10:00:00Z', false], // Saturday
    ['2026-03-30T05:59:59Z', false],
    ['2026-03-30T06:00:00Z', true], // Monday 08:00 in summer
    ['2026-03-30T16:00:00Z', false],
    ['2026-10-23T06:00:00Z', true],
    ['2026-10-26T06:00:00Z', false],
    ['2026-10-26T07:00:00Z', true],
  ])('office hours at %s: %s', (time, inside) => {
    expect(at(berlin('0 8 * * 1-5', '0 18 * * 1-5'), time)).toBe(inside);
  });

  test.each([
    ['2026-03-28T20:59:59Z', false],
    ['2026-03-28T21:00:00Z', true], // 22:00
    ['2026-03-29T03:59:59Z', true], // eight hours on the clock, seven in fact
    ['2026-03-29T04:00:00Z', false],
    ['2026-10-24T20:00:00Z', true],
    ['2026-10-25T04:59:59Z', true], // nine in fact
    ['2026-10-25T05:00:00Z', false],
  ])('a night over the change, at %s: %s', (time, inside) => {
    expect(at(berlin('0 22 * * *', '0 6 * * *'), time)).toBe(inside);
  });

  test.each([
    // 02:30 does not exist on 29 March: it counts at 03:00 (01:00 UTC).
    ['30 2 * * *', '0 5 * * *', '2026-03-29T00:59:59Z', false],
    ['30 2 * * *', '0 5 * * *', '2026-03-29T01:00:00Z', true],
    ['0 1 * * *', '30 2 * * *', '2026-03-29T00:59:59Z', true],
    ['0 1 * * *', '30 2 * * *', '2026-03-29T01:00:00Z', false],
    // Both within the leap: there is no window that day, and none all day before.
    ['30 2 * * *', '45 2 * * *', '2026-03-28T12:00:00Z', false],
    ['30 2 * * *', '45 2 * * *', '2026-03-29T01:00:00Z', false],
    ['30 2 * * *', '45 2 * * *', '2026-03-30T00:30:00Z', true],
    // A short break within the leap falls away.
    ['45 2 * * *', '30 2 * * *', '2026-03-28T12:00:00Z', true],
    ['45 2 * * *', '30 2 * * *', '2026-03-29T01:00:00Z', true],
    ['45 2 * * *', '30 2 * * *', '2026-03-30T00:30:00Z', false],
    // 02:30 comes twice on 25 October, at 00:30 and 01:30 UTC: the first counts.
    ['30 2 * * *', '45 2 * * *', '2026-10-25T00:30:00Z', true],
    ['30 2 * * *', '45 2 * * *', '2026-10-25T00:45:00Z', false],
    ['30 2 * * *', '45 2 * * *', '2026-10-25T01:30:00Z', false],
    ['30 2 * * *', '15 3 * * *', '2026-10-25T02:14:59Z', true],
  ])('%s to %s at %s: %s', (start, end, time, inside) => {
    expect(at(berlin(start, end), time)).toBe(inside);
  });

  test('half an hour of summer time; zones beyond the day line; `?` as `*`; the last day of February', () => {
    const lordHowe = { start: '15 2 * * *', end: '0 4 * * *', timezone: 'Australia/Lord_Howe' };
    expect(at(lordHowe, '2026-10-03T15:29:59Z')).toBe(false);
    expect(at(lordHowe, '2026-10-03T15:30:00Z')).toBe(true);
    const kiritimati = { start: '0 0 1 1 *', end: '0 1 1 1 *', timezone: 'Pacific/Kiritimati' };
    expect(at(kiritimati, '2026-12-31T10:00:00Z')).toBe(true);
    expect(at(berlin('0 8 ? * *', '0 9 ? * *'), '2026-06-01T06:30:00Z')).toBe(true);
    expect(at(berlin('0 8 29 2 *', '0 9 29 2 *'), '2028-02-29T07:30:00Z')).toBe(true);
    expect(at(berlin('0 8 29 2 *', '0 9 29 2 *'), '2027-03-01T07:30:00Z')).toBe(false);
  });

  test('in a zone without summer time it is arithmetic', () => {
    const minute = fc.integer({ min: 0, max: 1439 });
    fc.assert(
      fc.property(minute, minute, minute, (start, end, now) => {
        fc.pre(start !== end);
        const cron = (of: number) => `${of % 60} ${Math.floor(of / 60)} * * *`;
        const expected = start < end ? now >= start && now < end : now >= start || now < end;
        const moment = Date.UTC(2026, 4, 5) + now * 60_000;
        expect(inWindow({ start: cron(start), end: cron(end), timezone: 'UTC' }, moment)).toBe(expected);
      }),
      { numRuns: 200 },
    );
  });
});

describe('source cron', () => {
  const config = {
    type: 'cron',
    timezone: 'Europe/Berlin',
    start: '0 8 * * *',
    end: '0 18 * * *',
    desiredReplicas: 10,
  };

  test('reads the value of the moment', async () => {
    const clock = new ManualClock(Date.parse('2026-06-01T05:59:59Z'));
    const ports = { clock, readFile: () => undefined };
    const source = openSource(parseSourceConfig({ ...config, labels: { team: 'a' } }), ports);
    const read = async () => await source.read(new AbortController().signal);
    expect(await read()).toEqual([{ labels: { team: 'a' }, value: '1', timestampMs: clock.now() }]);
    await clock.advance(1_000);
    expect(await read()).toEqual([{ labels: { team: 'a' }, value: '10', timestampMs: clock.now() }]);
    const zero = openSource(parseSourceConfig({ ...config, default: 0, desiredReplicas: 2_000 }), ports);
    expect(await zero.read(new AbortController().signal)).toMatchObject([{ value: '2k' }]);
  });

  test.each([
    [{ timezone: 'Mars/Olympus' }, /timezone: a time zone/],
    [{ timezone: undefined }, /timezone/],
    [{ start: '61 * * * *' }, /start: .*61/],
    [{ start: '0 0 8 * * *' }, /start: .*5 parts/],
    [{ end: '0 0 30 2 *' }, /end: there is no such day/],
    [{ end: '0 8 * * *' }, /the same/],
    [{ desiredReplicas: -1 }, /desiredReplicas/],
    [{ desiredReplicas: 1.5 }, /desiredReplicas/],
    [{ typo: 1 }, /typo/],
  ])('%j is refused', (more, text) => {
    expect(() => parseSourceConfig({ ...config, ...more })).toThrow(text);
  });
});
