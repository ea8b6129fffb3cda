import { describe, expect, test } from 'vitest';
import { type LagSettings, parsePartitions, partitionLag, totalLag } from '../../../src/sources/kafka/lag.ts';

const settings = (more: Partial<LagSettings> = {}): LagSettings => ({
  lagThreshold: 10,
  offsetResetPolicy: 'latest',
  allowIdleConsumers: false,
  limitToPartitionsWithLag: false,
  ensureEvenDistributionOfPartitions: false,
  excludePersistentLag: false,
  scaleToZeroOnInvalidOffset: false,
  ...more,
});
const at = (latest: number | undefined, committed: number, earliest: number | null = 0) => ({
  topic: 't',
  partition: 0,
  latest,
  earliest: earliest ?? undefined,
  committed,
});

// The numbers are those of KEDA's rules (pkg/scalers/kafka_scaler.go getLagForPartition, getTotalLag).
describe('the lag of a partition', () => {
  test.each([
    [at(30, 10), {}, undefined, 20],
    [at(30, -1), {}, undefined, 1],
    [at(30, -1), { scaleToZeroOnInvalidOffset: true }, undefined, 0],
    [at(30, -1, 12), { offsetResetPolicy: 'earliest' }, undefined, 18],
    [at(30, -1, null), { offsetResetPolicy: 'earliest' }, undefined, 30],
    [at(3, -1, 12), { offsetResetPolicy: 'earliest' }, undefined, 0],
    [at(undefined, 10), {}, undefined, 0],
    [at(30, 10), { excludePersistentLag: true }, undefined, 20],
    [at(30, 10), { excludePersistentLag: true }, 10, 0],
    [at(30, 11), { excludePersistentLag: true }, 10, 19],
    [at(30, 10), {}, 10, 20],
  ] as const)('%j with %j after %s is %s', (offsets, more, before, lag) => {
    const big = (value: number | undefined) => (value === undefined ? undefined : BigInt(value));
    const { latest, earliest, committed } = offsets;
    const one = { ...offsets, latest: big(latest), earliest: big(earliest), committed: BigInt(committed) };
    expect(partitionLag(one, settings(more), big(before))).toBe(BigInt(lag));
  });
});

describe('the lag of a group', () => {
  test.each([
    [[1000, 0, 0], {}, 30],
    [[1000, 0, 0], { allowIdleConsumers: true }, 1000],
    [[1000, 0, 0], { limitToPartitionsWithLag: true }, 10],
    [[35, 0, 0], {}, 35], // 35 ÷ 10 is 3 in whole numbers, no more than the 3 partitions
    [[40, 0, 0], {}, 30],
    [[12, 0, 0, 0, 0, 0], { ensureEvenDistributionOfPartitions: true }, 20],
    [[32, 0, 0, 0, 0, 0], { ensureEvenDistributionOfPartitions: true }, 60],
    [[0, 0], { ensureEvenDistributionOfPartitions: true }, 10],
    [[999, 0], { ensureEvenDistributionOfPartitions: true }, 20],
    [[], {}, 0],
  ] as const)('%j with %j is %s', (lags, more, total) => {
    expect(totalLag(lags.map(BigInt), settings(more))).toBe(BigInt(total));
  });
});

test('lists of partitions', () => {
  expect(parsePartitions('1,2,10-12')).toEqual([1, 2, 10, 11, 12]);
  expect(parsePartitions(' 3 - 4 , 3')).toEqual([3, 4]);
  for (const wrong of ['', 'a', '1-', '5-3', '1,,2', '-1']) expect(parsePartitions(wrong)).toBeUndefined();
});
