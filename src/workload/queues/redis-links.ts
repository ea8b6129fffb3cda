import { parseEndpoint } from '../../sources/endpoint.ts';
import { Link } from '../../sources/link.ts';
import { RedisConnection } from '../../sources/redis-connection.ts';
import { linkOptions } from './link-options.ts';
import type { QueueOptions } from './options.ts';

/** A publishing connection and how the server calls it (id and address as CLIENT INFO says). */
export class FencedConnection {
  readonly redis: RedisConnection;
  readonly #name: readonly string[] | undefined;
  constructor(redis: RedisConnection, clientInfo: string) {
    this.redis = redis;
    const [id, address] = [/\bid=(\d+)/.exec(clientInfo)?.[1], /\baddr=(\S+)/.exec(clientInfo)?.[1]];
    this.#name = id === undefined || address === undefined ? undefined : ['ID', id, 'ADDR', address];
  }
  get closed(): boolean {
    return this.redis.closed;
  }
  destroy(): void {
    this.redis.destroy();
  }
  get killFilter(): readonly string[] | undefined {
    return this.#name;
  }
}

/** For everything but publishing. `prepare` is run on every new connection before it is used. */
export function redisLink(
  options: QueueOptions,
  prepare?: (redis: RedisConnection) => Promise<void>,
): Link<RedisConnection> {
  const endpoint = parseEndpoint(options.url, 'redis');
  const connect = async (signal: AbortSignal) => {
    const redis = await RedisConnection.open(endpoint, signal);
    await prepare?.(redis);
    return redis;
  };
  return new Link({ ...linkOptions(options), connect });
}

/**
 * For publishing. What was sent on a lost connection may still lie unread in the server's buffers and take effect after we
 * have looked whether it did. So a new connection first has the server drop the old one; then looking is exact.
 */
export function publishingLink(options: QueueOptions): Link<FencedConnection> {
  const endpoint = parseEndpoint(options.url, 'redis');
  let previous: FencedConnection | undefined;
  const connect = async (signal: AbortSignal) => {
    const redis = await RedisConnection.open(endpoint, signal);
    const filter = previous?.killFilter;
    if (filter !== undefined) await redis.call(['CLIENT', 'KILL', ...filter]); // answers 0 when it is gone already
    const info = await redis.call(['CLIENT', 'INFO']);
    previous = new FencedConnection(redis, typeof info === 'string' ? info : '');
    return previous;
  };
  return new Link({ ...linkOptions(options), connect });
}
