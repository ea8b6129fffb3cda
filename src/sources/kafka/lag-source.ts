import type { Admin, ListedOffsetsTopic } from '@platformatic/kafka';
import type { MetricSource } from '../../contracts/metric-source.ts';
import { describe, LabError } from '../../errors/lab-error.ts';
import type { KafkaLagConfig } from '../kinds/kafka.ts';
import type { SourcePorts } from '../kinds/common.ts';
import { parsePartitions, type PartitionOffsets, partitionLag, totalLag } from './lag.ts';

const REQUEST_MS = 5_000;
/** What Kafka's ListOffsets takes for "the next offset" and "the first kept". */
const LATEST = -1n;
const EARLIEST = -2n;

type Partitions = ReadonlyMap<string, readonly number[]>;

/** The lag of a consumer group. A connection is kept between readings and made anew after a failed one. */
export class KafkaLagSource implements MetricSource {
  readonly name: string;
  readonly #config: KafkaLagConfig;
  readonly #ports: SourcePorts;
  #admin: Admin | undefined;
  #before: ReadonlyMap<string, bigint> = new Map();

  constructor(config: KafkaLagConfig, ports: SourcePorts) {
    this.name = `kafka:${config.topic ?? '*'}/${config.group}`;
    this.#config = config;
    this.#ports = ports;
  }

  /** Raises ML-SOURCE-READ, the signal's reason when aborted. */
  async read(signal: AbortSignal): ReturnType<MetricSource['read']> {
    signal.throwIfAborted();
    const give = () => void this.close();
    signal.addEventListener('abort', give, { once: true });
    try {
      const timestampMs = this.#ports.clock.now();
      const offsets = await this.#offsets(await this.#connected());
      const lags = offsets.map((one) => partitionLag(one, this.#config, this.#before.get(keyOf(one))));
      this.#before = new Map(offsets.map((one) => [keyOf(one), one.committed]));
      const value = totalLag(lags, this.#config).toString();
      return [{ labels: this.#config.labels, value, timestampMs }];
    } catch (error) {
      await this.close();
      signal.throwIfAborted();
      throw new LabError('ML-SOURCE-READ', { source: this.name, cause: causeOf(error) }, { cause: error });
    } finally {
      signal.removeEventListener('abort', give);
    }
  }

  async close(): Promise<void> {
    const admin = this.#admin;
    this.#admin = undefined;
    // It is given up: that it cannot even be closed in good order changes nothing.
    await admin?.close().catch(() => undefined);
  }

  async #connected(): Promise<Admin> {
    if (this.#admin !== undefined) return this.#admin;
    const { Admin: KafkaAdmin } = await import('@platformatic/kafka'); // loads 3 MB that only this source needs
    const { brokers, tls, sasl } = this.#config;
    this.#admin = new KafkaAdmin({
      clientId: 'metrics-lab',
      bootstrapBrokers: [...brokers],
      connectTimeout: REQUEST_MS,
      requestTimeout: REQUEST_MS,
      retries: 0,
      autocreateTopics: false,
      metadataMaxAge: 60_000,
      ...(tls === undefined ? {} : { tls: this.#tls(tls) }),
      ...(sasl === undefined
        ? {}
        : { sasl: { mechanism: sasl.mechanism, username: sasl.username, password: this.#file(sasl.passwordFile) } }),
    });
    return this.#admin;
  }

  #tls({ caFile, certFile, keyFile, serverName }: NonNullable<KafkaLagConfig['tls']>) {
    return {
      ...(caFile === undefined ? {} : { ca: this.#file(caFile) }),
      ...(certFile === undefined ? {} : { cert: this.#file(certFile) }),
      ...(keyFile === undefined ? {} : { key: this.#file(keyFile) }),
      ...(serverName === undefined ? {} : { servername: serverName }),
    };
  }

  #file(path: string): string {
    const text = this.#ports.readFile(path)?.trim() ?? '';
    if (text === '') throw new LabError('ML-SOURCE-CONFIG', { problems: `there is nothing in ${path}` });
    return text;
  }

  async #offsets(admin: Admin): Promise<readonly PartitionOffsets[]> {
    const { group } = this.#config;
    const partitions = await this.#partitions(admin);
    const committed = new Map<string, bigint>();
    const topics = [...partitions].map(([name, partitionIndexes]) => ({
      name,
      partitionIndexes: [...partitionIndexes],
    }));
    if (topics.length === 0) return [];
    const [found] = await admin.listConsumerGroupOffsets({ groups: [{ groupId: group, topics }] });
    for (const { name, partitions: all } of found?.topics ?? [])
      for (const one of all) committed.set(keyOf({ topic: name, partition: one.partitionIndex }), one.committedOffset);
    const latest = offsetMap(await listed(admin, partitions, LATEST));
    const earliest = offsetMap(await listed(admin, partitions, EARLIEST));
    return topics.flatMap(({ name: topic, partitionIndexes }) =>
      partitionIndexes.map((partition) => {
        const key = keyOf({ topic, partition });
        const next = committed.get(key) ?? -1n;
        return { topic, partition, latest: latest.get(key), earliest: earliest.get(key), committed: next };
      }),
    );
  }

  /** The partitions that count: of the topic, or of every topic that the group has committed to. */
  async #partitions(admin: Admin): Promise<Partitions> {
    const { topic, group, partitionLimitation } = this.#config;
    if (topic === undefined) {
      const [found] = await admin.listConsumerGroupOffsets({ groups: [group] });
      const topics = found?.topics ?? [];
      return new Map(
        topics.map(({ name, partitions }) => [name, partitions.map(({ partitionIndex }) => partitionIndex)]),
      );
    }
    const { topics } = await admin.metadata({ topics: [topic] });
    const all = Array.from({ length: topics.get(topic)?.partitionsCount ?? 0 }, (_, index) => index);
    const wanted = partitionLimitation === undefined ? undefined : parsePartitions(partitionLimitation);
    return new Map([[topic, wanted === undefined ? all : all.filter((one) => wanted.includes(one))]]);
  }
}

function listed(admin: Admin, partitions: Partitions, timestamp: bigint): Promise<ListedOffsetsTopic[]> {
  const topics = [...partitions].map(([name, indexes]) => ({
    name,
    partitions: indexes.map((partitionIndex) => ({ partitionIndex, timestamp })),
  }));
  return admin.listOffsets({ topics });
}

function offsetMap(topics: readonly ListedOffsetsTopic[]): ReadonlyMap<string, bigint> {
  return new Map(
    topics.flatMap(({ name, partitions }) =>
      partitions.map((one) => [keyOf({ topic: name, partition: one.partitionIndex }), one.offset] as const),
    ),
  );
}

function keyOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}/${partition}`;
}

/** The client puts several attempts into one error whose own message says only that they failed. */
function causeOf(error: unknown): string {
  if (error instanceof AggregateError) return `${error.message}: ${[...new Set(error.errors.map(causeOf))].join('; ')}`;
  return describe(error);
}
