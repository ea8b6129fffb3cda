import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration, parsePositiveDuration, parseWindow } from '../../../src/cli/values/duration.ts';
import { parseLabName, parseQuantity, parseText, parseVersion } from '../../../src/cli/values/names.ts';
import { integer, parseCount, parseRate, parseShare } from '../../../src/cli/values/numbers.ts';
import { LabError } from '../../../src/errors/lab-error.ts';

/** The value, or the reason against it. */
function outcome(parse: (text: string, name: string) => unknown, text: string): unknown {
  try {
    return parse(text, '--x');
  } catch (error) {
    if (error instanceof LabError) return `${error.id}: ${error.why}`;
    throw error;
  }
}

describe('values', () => {
  it.each<[string, (text: string, name: string) => unknown, string, unknown]>([
    ['duration', parseDuration, '1m30s', 90_000],
    ['duration', parseDuration, '1.5h', 5_400_000],
    ['duration', parseDuration, '0s', 0],
    ['duration', parseDuration, '15', 'ML-USAGE-DURATION: the unit is missing'],
    ['duration', parseDuration, '-1s', 'ML-USAGE-DURATION: it cannot be negative'],
    ['duration', parseDuration, '1d', 'ML-USAGE-DURATION: the units are ms, s, m and h'],
    ['duration', parsePositiveDuration, '0ms', 'ML-USAGE-DURATION: it must be longer than zero'],
    ['window', parseWindow, '1h', 3_600_000],
    ['window', parseWindow, '61m', 'ML-USAGE-DURATION: Kubernetes takes whole seconds up to 1h here'],
    ['window', parseWindow, '500ms', 'ML-USAGE-DURATION: Kubernetes takes whole seconds up to 1h here'],
    ['count', parseCount, '40', 40],
    ['count', parseCount, '0', 'ML-USAGE-COUNT: publishing nothing changes nothing'],
    ['count', parseCount, '-1', 'ML-USAGE-COUNT: it is negative'],
    ['count', parseCount, '1e9', 'ML-USAGE-COUNT: it is too large for one command; publish in several'],
    ['count', parseCount, '1e3', 'ML-USAGE-COUNT: it is not written in plain digits'],
    ['count', parseCount, '2.5', 'ML-USAGE-COUNT: it is not a whole number'],
    ['count', parseCount, 'ten', 'ML-USAGE-COUNT: it is not a number'],
    ['rate', parseRate, '5/s', 5],
    ['rate', parseRate, '30/m', 0.5],
    ['rate', parseRate, '0/s', 'ML-USAGE-RATE: it must be more than zero'],
    ['rate', parseRate, '5', 'ML-USAGE-RATE: it is a number, a slash and s, m or h'],
    ['share', parseShare, '0.05', 0.05],
    ['share', parseShare, '.5', 0.5],
    ['share', parseShare, '5', 'ML-USAGE-VALUE: expected a number from 0 to 1, for example 0.05'],
    ['integer', integer(0, 10), '10', 10],
    ['integer', integer(0, 10), '11', 'ML-USAGE-VALUE: expected a whole number from 0 to 10'],
    ['integer', integer(1), '0', 'ML-USAGE-VALUE: expected a whole number, 1 or more'],
    ['quantity', parseQuantity, '1500m', '1500m'],
    ['quantity', parseQuantity, '0', 'ML-USAGE-VALUE: expected a quantity above zero such as 2, 1500m or 16Gi'],
    ['version', parseVersion, 'v1.36.3', '1.36.3'],
    ['version', parseVersion, 'latest', 'ML-USAGE-VALUE: expected a version of Kubernetes such as 1.36.3'],
    ['text', parseText, ' ', 'ML-USAGE-VALUE: expected a text that is not empty'],
    ['lab', parseLabName, 'my-lab', 'my-lab'],
    ['lab', parseLabName, '', 'ML-USAGE-LAB-NAME: it is empty'],
    ['lab', parseLabName, 'a'.repeat(41), 'ML-USAGE-LAB-NAME: it has 41 characters; 40 are allowed'],
    ['lab', parseLabName, 'my lab', expect.stringContaining('RFC 1123')],
    ['lab', parseLabName, 'my_lab', expect.stringContaining('RFC 1123')],
  ])('%s %#: "%s" of %s', (_, parse, text, expected) => {
    expect(outcome(parse, text)).toEqual(expected);
  });

  it('durations come back as they went', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1e9 }), (ms) => parseDuration(formatDuration(ms), '--x') === ms));
  });
});
