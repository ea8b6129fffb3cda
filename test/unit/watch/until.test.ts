import { expect, test } from 'vitest';
import { isMet, parseUntil, presentValues } from '../../../src/cli/watch/until.ts';
import { LabError } from '../../../src/errors/lab-error.ts';
import { hpa, live, ready, stateOf } from './fixture.ts';

const { hpas } = stateOf({ type: 'hpas', hpas: [hpa({ current: 3, desired: 5, min: 0 })] }, live('9500m'), ready(2));

test.each([
  ['desired==5', true],
  ['desired!=5', false],
  [' desired >= 5 ', true],
  ['desired>5', false],
  ['current<=3', true],
  ['current<3', false],
  ['ready==2', true],
  ['metric==9.5', true],
  ['min==0', true],
  ['max>19.5', true],
  ['metric>-1', true],
])('%s', (text, expected) => {
  expect(isMet(parseUntil(text), hpas)).toBe(expected);
});

test.each(['desired=5', 'desired', '', '==5', 'replicas==5', 'desired==five', 'desired==5 && ready==5', 'desired===5'])(
  'refuses %j',
  (text) => {
    expect(() => parseUntil(text)).toThrow(LabError);
    expect(() => parseUntil(text)).toThrow(/cannot be understood/);
  },
);

test('what is unknown fulfils no condition, != neither', () => {
  const unknown = stateOf({ type: 'hpas', hpas: [hpa()] }).hpas;
  for (const text of ['metric!=0', 'ready!=0', 'metric>=0']) expect(isMet(parseUntil(text), unknown)).toBe(false);
});

test('all HPAs must fulfil it; none does not', () => {
  const two = stateOf({
    type: 'hpas',
    hpas: [hpa({ desired: 5 }), hpa({ name: 'other', uid: 'u2', desired: 4 })],
  }).hpas;
  expect(isMet(parseUntil('desired>=4'), two)).toBe(true);
  expect(isMet(parseUntil('desired==5'), two)).toBe(false);
  expect(isMet(parseUntil('desired>=0'), [])).toBe(false);
});

test('the present values name what is unknown', () => {
  expect(presentValues(stateOf({ type: 'hpas', hpas: [hpa()] }).hpas)).toBe(
    'consumer: current 1, desired 1, ready unknown, metric unknown, min 1, max 20',
  );
});
