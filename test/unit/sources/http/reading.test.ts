import { describe, expect, test } from 'vitest';
import { foreignQuantity } from '../../../../src/sources/http/reading.ts';

describe('numbers of foreign documents', () => {
  test.each([
    [0, '0'],
    [12, '12'],
    [0.25, '250m'],
    [1e-9, '1m'],
    [0.1 + 0.2, '300m'],
    ['300m', '300m'],
    ['1Ki', '1Ki'],
    [' 7\n', '7'],
    ['1e3', '1k'],
  ])('%j is %s', (value, quantity) => {
    expect(foreignQuantity(value)).toEqual({ quantity });
  });

  test.each([
    ['NaN', 'its value is NaN'],
    ['nan', 'its value is NaN'],
    ['Infinity', 'its value is Inf'],
    ['-inf', 'its value is -Inf'],
    [-3, '-3 is negative'],
    ['-300m', '-300m is negative'],
    [1e30, '1e+30 is more than the HPA controller can read'],
    ['1e30', '1e30 is more than the HPA controller can read'],
    ['', 'there is an empty text in the place of a number'],
    ['lots', /quantit/],
    ['<html>', /quantit/],
    [true, 'true is not a number'],
    [null, 'null is not a number'],
    [undefined, 'nothing is not a number'],
    [{ a: 1 }, '{"a":1} is not a number'],
    ['9'.repeat(200), /is not a number$/],
  ])('%j: %s', (value, problem) => {
    const read = foreignQuantity(value);
    expect('problem' in read ? read.problem : read.quantity).toEqual(
      typeof problem === 'string' ? problem : expect.stringMatching(problem),
    );
  });
});
