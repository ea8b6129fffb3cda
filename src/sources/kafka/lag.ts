/** The settings of KEDA's Kafka scaler that decide about the number (pkg/scalers/kafka_scaler.go, KEDA 2.21). */
export interface LagSettings {
  readonly lagThreshold: number;
  readonly offsetResetPolicy: 'latest' | 'earliest';
  readonly allowIdleConsumers: boolean;
  readonly limitToPartitionsWithLag: boolean;
  readonly ensureEvenDistributionOfPartitions: boolean;
  readonly excludePersistentLag: boolean;
  readonly scaleToZeroOnInvalidOffset: boolean;
}

/** What is known of one partition. Offsets: the next one to write, the first that is kept, the next one to read (-1: none was committed). */
export interface PartitionOffsets {
  readonly topic: string;
  readonly partition: number;
  /** Undefined: the broker names no such partition. */
  readonly latest: bigint | undefined;
  readonly earliest: bigint | undefined;
  readonly committed: bigint;
}

/**
 * The lag of one partition (getLagForPartition). `before` is the committed offset of the previous reading: with
 * excludePersistentLag a consumer that has not moved since is stuck, and its lag is no reason for more of them.
 */
export function partitionLag(offsets: PartitionOffsets, settings: LagSettings, before: bigint | undefined): bigint {
  const { latest, earliest, committed } = offsets;
  const { offsetResetPolicy, scaleToZeroOnInvalidOffset, excludePersistentLag } = settings;
  if (committed === -1n && offsetResetPolicy === 'latest') return scaleToZeroOnInvalidOffset ? 0n : 1n;
  if (committed === -1n && scaleToZeroOnInvalidOffset) return 0n;
  if (latest === undefined) return 0n;
  if (committed === -1n) return max(0n, latest - (earliest ?? 0n));
  if (excludePersistentLag && before === committed) return 0n;
  return latest - committed;
}

/**
 * The lag of the group as the HPA sees it (getTotalLag): no more than what the partitions can be shared out for, since a further
 * consumer would get none, unless idle ones are allowed.
 */
export function totalLag(lags: readonly bigint[], settings: LagSettings): bigint {
  const { allowIdleConsumers, limitToPartitionsWithLag, ensureEvenDistributionOfPartitions } = settings;
  const threshold = BigInt(settings.lagThreshold);
  let total = lags.reduce((sum, lag) => sum + lag, 0n);
  if (allowIdleConsumers && !limitToPartitionsWithLag && !ensureEvenDistributionOfPartitions) return total;
  const partitions = BigInt(lags.length);
  if (ensureEvenDistributionOfPartitions) {
    const factor = factorsOf(lags.length).find((one) => BigInt(one) * threshold >= total);
    total = factor === undefined ? total : BigInt(factor) * threshold;
  }
  const most = limitToPartitionsWithLag ? BigInt(lags.filter((lag) => lag > 0n).length) : partitions;
  return total / threshold > most ? most * threshold : total;
}

/** Partition numbers of a list such as `1,2,10-20`; undefined when it is none. */
export function parsePartitions(text: string): readonly number[] | undefined {
  const found: number[] = [];
  for (const part of text.split(',')) {
    const [, from, to = from] = /^\s*(\d{1,6})(?:\s*-\s*(\d{1,6}))?\s*$/.exec(part) ?? [];
    if (from === undefined || Number(to) < Number(from)) return undefined;
    for (let one = Number(from); one <= Number(to); one += 1) found.push(one);
  }
  return [...new Set(found)];
}

function factorsOf(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1).filter((one) => count % one === 0);
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
