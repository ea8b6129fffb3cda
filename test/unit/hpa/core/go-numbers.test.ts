import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add64,
  div64,
  floatToInt32,
  floatToInt64,
  type Int64,
  int64,
  int64ToInt32,
  MAX_INT32,
  MAX_INT64,
  MIN_INT32,
  MIN_INT64,
  mul64,
} from '../../../../src/hpa/go-numbers.ts';

const anyInt64 = fc.oneof(fc.bigInt({ min: MIN_INT64, max: MAX_INT64 }), fc.bigInt({ min: -1000n, max: 1000n }));
const wrapped = (value: bigint): Int64 => int64(value);

describe('int64', () => {
  it('adds, multiplies and divides as 64-bit integers do', () => {
    fc.assert(
      fc.property(anyInt64, anyInt64, (a, b) => {
        expect(add64(int64(a), int64(b))).toBe(wrapped(a + b));
        expect(mul64(int64(a), int64(b))).toBe(wrapped(a * b));
        if (b !== 0n) expect(div64(int64(a), int64(b))).toBe(wrapped(a / b));
      }),
      { numRuns: 2000 },
    );
  });

  it('has one form per value: a number while safe', () => {
    fc.assert(
      fc.property(anyInt64, (a) => {
        expect(typeof int64(a)).toBe(a > -(2n ** 53n) && a < 2n ** 53n ? 'number' : 'bigint');
      }),
    );
  });

  it('has no negative zero', () => {
    expect(Object.is(mul64(0, -5), 0)).toBe(true);
    expect(Object.is(div64(-1, 5), 0)).toBe(true);
    expect(Object.is(floatToInt64(-0.5, false), 0)).toBe(true);
  });

  it('keeps the low 32 bits as an int32', () => {
    fc.assert(
      fc.property(anyInt64, (a) => {
        expect(int64ToInt32(int64(a))).toBe(Number(BigInt.asIntN(32, a)));
      }),
    );
  });
});

describe('float to integer', () => {
  it.each([
    [Number.NaN, MIN_INT32, 0],
    [Number.POSITIVE_INFINITY, MIN_INT32, MAX_INT32],
    [Number.NEGATIVE_INFINITY, MIN_INT32, MIN_INT32],
    [2147483648, MIN_INT32, MAX_INT32],
    [2147483647.9, MAX_INT32, MAX_INT32],
    [-2147483648.9, MIN_INT32, MIN_INT32],
    [-1.9, -1, -1],
  ])('%d as int32 is %d on amd64 and %d on arm64', (value, amd64, arm64) => {
    expect(floatToInt32(value, false)).toBe(amd64);
    expect(floatToInt32(value, true)).toBe(arm64);
  });

  it.each([
    [Number.NaN, MIN_INT64, 0],
    [Number.POSITIVE_INFINITY, MIN_INT64, MAX_INT64],
    [Number.NEGATIVE_INFINITY, MIN_INT64, MIN_INT64],
    [2 ** 63, MIN_INT64, MAX_INT64],
    [-(2 ** 63), MIN_INT64, MIN_INT64],
    [2 ** 60, 2n ** 60n, 2n ** 60n],
  ])('%d as int64 is %s on amd64 and %s on arm64', (value, amd64, arm64) => {
    expect(floatToInt64(value, false)).toBe(amd64);
    expect(floatToInt64(value, true)).toBe(arm64);
  });
});
