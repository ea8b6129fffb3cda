import { describe, expect, it } from 'vitest';
import type { LabError } from '../../../src/errors/lab-error.ts';
import { parseTraceCsv } from '../../../src/simulate/load/trace-csv.ts';
import { traceValueAt } from '../../../src/simulate/load/trace.ts';

function problems(text: string): string[] {
  try {
    parseTraceCsv(text, 'load.csv');
  } catch (error) {
    expect((error as LabError).id).toBe('ML-SIM-TRACE');
    return (error as LabError).why.split('\n');
  }
  return [];
}

describe('CSV traces', () => {
  it('reads values at seconds; each row holds until the next', () => {
    const trace = parseTraceCsv('time,value\n0,10\n60,80.5\n120,0\n', 'load.csv');
    expect(trace).toEqual({ kind: 'value', times: [0, 60, 120], numbers: [10, 80.5, 0] });
    expect([0, 59.9, 60, 1e6].map((time) => traceValueAt(trace, time))).toEqual([10, 10, 80.5, 0]);
  });

  it('has no value before its first row', () => {
    expect(traceValueAt(parseTraceCsv('time,value\n30,1', 'load.csv'), 29)).toBeUndefined();
  });

  it('reads rates at RFC 3339 times, from the first row on; other columns are left alone', () => {
    const text = '\uFEFFhost,"Time",rate\r\na,2026-11-22T12:00:00Z,5\r\na,2026-11-22T14:00:30.5+02:00,7\r\n';
    expect(parseTraceCsv(text, 'load.csv')).toEqual({ kind: 'rate', times: [0, 30.5], numbers: [5, 7] });
  });

  it('takes large numbers of seconds for Unix time', () => {
    expect(parseTraceCsv('time,value\n1764072000,1\n1764072060,2', 'x').times).toEqual([0, 60]);
  });

  it('tells all problems with their places', () => {
    expect(problems('time,value\n0,1\n10,\nx,3\n-5,4\n10,NaN\n9,-1\n30,1e300\n40\n\n50,1\n50,2\n45,3')).toEqual([
      'load.csv:3:4 the value is missing',
      'load.csv:4:1 "x" is not a time (seconds, or RFC 3339 such as 2026-11-22T12:00:00Z)',
      'load.csv:5:1 a time cannot be negative',
      'load.csv:6:4 "NaN" is not a number',
      'load.csv:7:3 a value cannot be negative',
      'load.csv:8:4 1e300 is too large: at most 9000000000000000',
      'load.csv:9:1 1 columns, but the header has 2',
      'load.csv:10:1 an empty line',
      'load.csv:12:1 the same time as the row before',
      'load.csv:13:1 earlier than the row before',
    ]);
  });

  it.each([
    ['', 'load.csv:1:1 the file is empty'],
    ['time,value\n', 'load.csv:1:1 there is no row below the header'],
    ['0,1\n1,2', 'load.csv:1:1 there is no column "time"'],
    ['time;value\n0;1', 'load.csv:1:1 there is no column "time" (columns are separated by commas)'],
    ['time,load\n0,1', 'load.csv:1:1 there is no column "value" or "rate"'],
    [
      'time,value,rate\n0,1,2',
      'load.csv:1:1 there are both "value" and "rate": a trace is the metric or the arrivals, not both',
    ],
    ['time,value\n2026-02-30T00:00:00Z,1', 'load.csv:2:1 "2026-02-30T00:00:00Z" is no time that exists'],
    [
      'time,value\n2026-02-03T00:00:00,1',
      'load.csv:2:1 "2026-02-03T00:00:00" is not a time: the zone is missing, write Z or +02:00',
    ],
    ['time,value\n0,1\n2026-02-03T00:00:00Z,1', 'load.csv:3:1 a date among times of the other kind'],
    ['time,rate\n0,1e7', 'load.csv:2:3 1e7 is too large: at most 1000000'],
    ['time,value\n0,1\n400000000,1', 'load.csv:3:1 more than ten years after the start'],
  ])('%j', (text, expected) => {
    expect(problems(text)).toEqual([expected]);
  });

  it('counts problems beyond the first twenty', () => {
    const found = problems(`time,value\n${'x,y\n'.repeat(30)}`);
    expect(found).toHaveLength(21);
    expect(found.at(-1)).toBe('and 40 more');
  });
});
