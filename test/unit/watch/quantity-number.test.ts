import { expect, test } from 'vitest';
import { quantityNumber, shortNumber } from '../../../src/cli/watch/quantity-number.ts';

test.each([
  ['9500m', 9.5],
  ['297400m', 297.4],
  ['60242Ki', 60242 * 1024],
  ['1k', 1000],
  ['1e3', 1000],
  ['1E', 1e18],
  ['-1u', -1e-6],
  ['.5', 0.5],
  ['5.', 5],
  ['+2', 2],
  ['55%', 55],
  ['', undefined],
  ['NaN', undefined],
  ['1 k', undefined],
  ['1K', undefined],
])('%j is %s', (text, value) => {
  expect(quantityNumber(text)).toBe(value);
});

test.each([
  [40, '40'],
  [9.5, '9.5'],
  [0.3333, '0.333'],
  [1234, '1234'],
  [12_345, '12.3k'],
  [2_000_000, '2M'],
  [-9.2e15, '-9.2e+15'],
])('%f is shown as %s', (value, text) => {
  expect(shortNumber(value)).toBe(text);
});
