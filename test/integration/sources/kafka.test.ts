import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Admin, Producer, stringSerializers } from '@platformatic/kafka';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realClock } from '../../../src/platform/clock.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { parseSourceConfig } from '../../../src/sources/config.ts';
import { openSource } from '../../../src/sources/open-source.ts';
import { haveKafka, TestKafka } from '../../helpers/kafka.ts';

const never = new AbortController().signal;
const ports = { clock: realClock, readFile: nodeFiles.readText };

describe.skipIf(!haveKafka())('the lag of a consumer group on the real Kafka', () => {
  let kafka: TestKafka;
  let admin: Admin;
  const open = (more: object) =>
    openSource(parseSourceConfig({ type: 'kafka', brokers: [kafka.plain], group: 'g', topic: 'jobs', ...more }), ports);
  const lag = async (more: object = {}): Promise<string | undefined> => {
    const source = open(more);
    try {
      return (await source.read(never))[0]?.value;
    } finally {
      await source.close();
    }
  };
  const commit = (groupId: string, name: string, ...offsets: readonly number[]) =>
    admin.alterConsumerGroupOffsets({
      groupId,
      topics: [{ name, partitionOffsets: offsets.map((offset, partition) => ({ partition, offset: BigInt(offset) })) }],
    });

  /** One batch for one partition: it is written whole or, while the new topic has no leader yet, not at all. */
  const publish = async (topic: string, partition: number, count: number): Promise<void> => {
    const bootstrapBrokers = [kafka.plain];
    const producer = new Producer({ clientId: 'test', bootstrapBrokers, retries: 0, serializers: stringSerializers });
    const messages = Array.from({ length: count }, (_, index) => ({ topic, partition, value: String(index) }));
    const written = await producer.send({ messages }).then(
      () => true,
      () => false,
    );
    await producer.close();
    if (!written) await publish(topic, partition, count);
  };

  beforeAll(async () => {
    kafka = await TestKafka.start();
    admin = new Admin({ clientId: 'test', bootstrapBrokers: [kafka.plain] });
    await admin.createTopics({ topics: ['jobs', 'other'], partitions: 3, replicas: 1 });
    for (const [topic, partition, count] of [
      ['jobs', 0, 20],
      ['jobs', 1, 5],
      ['other', 0, 4],
    ] as const)
      await publish(topic, partition, count);
    await commit('g', 'jobs', 2, 5, 0);
  }, 600_000); // two Java programs start, which takes long where much else runs
  afterAll(async () => {
    await admin.close();
    await kafka[Symbol.asyncDispose]();
  });

  test('of a topic, of some partitions, no more than can be shared out', async () => {
    expect(await lag()).toBe('18');
    expect(await lag({ partitionLimitation: '1-2' })).toBe('0');
    expect(await lag({ lagThreshold: 2 })).toBe('6'); // 18 ÷ 2 = 9 consumers, but there are 3 partitions
    expect(await lag({ lagThreshold: 2, allowIdleConsumers: true })).toBe('18');
    expect(await lag({ lagThreshold: 2, limitToPartitionsWithLag: true })).toBe('2');
  });

  test('of every topic that the group has committed to', async () => {
    await commit('two', 'jobs', 20, 5, 0);
    await commit('two', 'other', 1, 0, 0);
    const both = parseSourceConfig({ type: 'kafka', brokers: [kafka.plain], group: 'two' });
    const source = openSource(both, ports);
    expect(await source.read(never)).toMatchObject([{ value: '3' }]);
    await source.close();
  });

  test('without a committed offset', async () => {
    expect(await lag({ group: 'new' })).toBe('3');
    expect(await lag({ group: 'new', scaleToZeroOnInvalidOffset: true })).toBe('0');
    expect(await lag({ group: 'new', offsetResetPolicy: 'earliest' })).toBe('25');
    expect(await lag({ group: 'new', offsetResetPolicy: 'earliest', scaleToZeroOnInvalidOffset: true })).toBe('0');
  });

  test('of a stuck consumer counts once', async () => {
    const source = open({ excludePersistentLag: true });
    expect(await source.read(never)).toMatchObject([{ value: '18' }]);
    expect(await source.read(never)).toMatchObject([{ value: '0' }]);
    await commit('g', 'jobs', 3, 5, 0);
    expect(await source.read(never)).toMatchObject([{ value: '17' }]);
    await source.close();
  });

  test.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])('with a login (%s)', async (mechanism) => {
    const passwordFile = join(kafka.dir, 'password');
    writeFileSync(passwordFile, TestKafka.login.password);
    const sasl = { mechanism, username: TestKafka.login.username, passwordFile };
    const source = open({ brokers: [kafka.sasl], sasl });
    expect(await source.read(never)).toMatchObject([{ value: '17' }]);
    await source.close();
    writeFileSync(passwordFile, 'wrong-one');
    await expect(source.read(never)).rejects.toMatchObject({
      id: 'ML-SOURCE-READ',
      message: expect.not.stringContaining('wrong-one'),
    });
    writeFileSync(passwordFile, TestKafka.login.password);
    expect(await source.read(never)).toMatchObject([{ value: '17' }]);
    await source.close();
  });

  test('with TLS', async () => {
    expect(await lag({ brokers: [kafka.tls], tls: { caFile: kafka.caFile } })).toBe('17');
    await expect(lag({ brokers: [kafka.tls], tls: {} })).rejects.toMatchObject({
      message: expect.stringMatching(/certificate|self.signed/i),
    });
  });

  test('with TLS and a certificate of its own', async () => {
    const { mutualTls, caFile } = kafka;
    const brokers = [mutualTls];
    expect(await lag({ brokers, tls: { caFile, ...kafka.pairFiles('client') } })).toBe('17');
    for (const tls of [{ caFile }, { caFile, ...kafka.pairFiles('stranger') }])
      await expect(lag({ brokers, tls })).rejects.toMatchObject({ id: 'ML-SOURCE-READ' });
  });

  test('an unknown topic and a broker that is away are errors', async () => {
    await expect(lag({ topic: 'nope' })).rejects.toMatchObject({ id: 'ML-SOURCE-READ' });
    await expect(lag({ brokers: ['127.0.0.1:9'] })).rejects.toMatchObject({
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });
});
