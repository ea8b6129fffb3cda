import type { RedisListConfig, RedisStreamConfig } from './kinds/redis.ts';
import { consumersKey, processingKey } from './lab-redis-layout.ts';
import { type RedisConnection, toList, toNumber, toTexts } from './redis-connection.ts';
import { RespError, type RespReply, toBytes } from './resp.ts';

/** The count that the configuration asks for. Raises ML-QUEUE-*. */
export function countInRedis(redis: RedisConnection, config: RedisListConfig | RedisStreamConfig): Promise<number> {
  return config.structure === 'list' ? countList(redis, config) : countStream(redis, config);
}

async function countList(redis: RedisConnection, { key: name, value }: RedisListConfig): Promise<number> {
  const key = toBytes(name);
  if (value === 'length') return toNumber(await redis.call(['LLEN', key]));
  for (;;) {
    const consumers = toTexts(await redis.call(['ZRANGE', consumersKey(key), 0, -1]));
    // One moment for all of them: an item moves from one list to the other. Who came in between was not counted: again.
    const [now, length, ...held] = (await redis.multi([
      ['ZRANGE', consumersKey(key), 0, -1],
      ['LLEN', key],
      ...consumers.map((consumer) => ['LLEN', processingKey(key, consumer)]),
    ])) ?? [null];
    if (!toTexts(now).every((consumer) => consumers.includes(consumer))) continue;
    const inFlight = held.reduce<number>((sum, reply) => sum + toNumber(reply), 0);
    return value === 'in-flight' ? inFlight : toNumber(length) + inFlight;
  }
}

async function countStream(redis: RedisConnection, config: RedisStreamConfig): Promise<number> {
  const key = toBytes(config.key);
  const length = toNumber(await redis.call(['XLEN', key]));
  if (config.value === 'length' || length === 0) return length;
  const group = await findGroup(redis, key, toBytes(config.group));
  // A group that does not exist yet (its first consumer makes it) has everything before it.
  if (group === undefined) return config.value === 'pending' ? 0 : length;
  const pending = toNumber(group.get('pending'));
  if (config.value === 'pending') return pending;
  // Redis before 7 does not say the lag, and later ones do not know it when entries were deleted undelivered. What is in
  // the stream and not pending is then the nearest there is; exact where consumers delete what they acknowledge, as ours.
  const told = group.get('lag');
  const lag = typeof told === 'number' ? told : Math.max(0, length - pending);
  return config.value === 'lag' ? lag : lag + pending;
}

/** A group's fields as XINFO GROUPS says them. */
async function findGroup(
  redis: RedisConnection,
  key: string,
  name: string,
): Promise<ReadonlyMap<string, RespReply> | undefined> {
  const reply = await redis.ask(['XINFO', 'GROUPS', key]);
  if (reply instanceof RespError) {
    if (reply.message.includes('no such key')) return undefined; // emptied since XLEN
    throw redis.refused('XINFO', reply.message);
  }
  return toList(reply)
    .map(toFields)
    .find((fields) => fields.get('name') === name);
}

function toFields(reply: RespReply): ReadonlyMap<string, RespReply> {
  const list = toList(reply);
  const fields = new Map<string, RespReply>();
  for (let i = 0; i + 1 < list.length; i += 2) {
    const name = list[i];
    if (typeof name === 'string') fields.set(name, list[i + 1] ?? null);
  }
  return fields;
}
