import { expect, test } from 'vitest';
import { sampleQuantity } from '../../../src/sources/prometheus/value.ts';

test.each([
  ['0', '0'],
  ['-0', '0'],
  ['42', '42'],
  ['1e+06', '1000000'],
  ['1.5', '1500m'],
  ['0.3333333333333333', '333m'],
  ['10.000000000000002', '10000m'],
  ['2.9999999999999996', '3000m'],
  ['0.0000001', '1m'],
  ['5e-324', '1m'],
  ['-0.0001', '-1m'],
  ['-2.5', '-2500m'],
  ['9e+15', '9000000000000000'],
])('a sample of %s is the quantity %s', (sample, quantity) => {
  expect(sampleQuantity(sample)).toEqual({ quantity });
});

test.each([
  ['NaN', 'its value is NaN'],
  ['+Inf', 'its value is +Inf'],
  ['-Inf', 'its value is -Inf'],
  ['1e30', '1e30 is more than the HPA controller can read'],
  ['-1e+300', '-1e+300 is more than the HPA controller can read'],
  ['1e400', 'its value is 1e400'],
  ['0x10', '"0x10" is not a number'],
  ['', '"" is not a number'],
  ['1_000', '"1_000" is not a number'],
])('a sample of %s is none', (sample, problem) => {
  expect(sampleQuantity(sample)).toEqual({ problem });
});
