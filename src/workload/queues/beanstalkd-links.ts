import { BeanstalkConnection } from '../../sources/beanstalk-connection.ts';
import { parseEndpoint } from '../../sources/endpoint.ts';
import { Link } from '../../sources/link.ts';
import type { QueueOptions } from './options.ts';
import { linkOptions } from './link-options.ts';

/** For everything but publishing: reserves from and puts into the queue's tube, no other. Raises ML-QUEUE-URL. */
export function beanstalkLink(options: QueueOptions): Link<BeanstalkConnection> {
  const endpoint = parseEndpoint(options.url, 'beanstalkd');
  const connect = async (signal: AbortSignal) => {
    const connection = await BeanstalkConnection.open(endpoint, signal);
    await connection.call(`use ${options.queue}`, ['USING']);
    await connection.call(`watch ${options.queue}`, ['WATCHING']);
    if (options.queue !== 'default') await connection.call('ignore default', ['WATCHING']);
    return connection;
  };
  return new Link({ ...linkOptions(options), connect });
}

/** A publishing connection that knows the ids around its jobs: they rise, one sequence for the whole server. */
export class NumberedConnection {
  readonly beanstalk: BeanstalkConnection;
  /** A job that was put when the connection was made: every job of an earlier connection has a lower id. */
  readonly fence: number;
  /** Highest job id that this connection was told. */
  lastId: number;

  private constructor(beanstalk: BeanstalkConnection, fence: number) {
    this.beanstalk = beanstalk;
    this.fence = fence;
    this.lastId = fence;
  }

  static async open(options: QueueOptions, signal: AbortSignal): Promise<NumberedConnection> {
    const beanstalk = await BeanstalkConnection.open(parseEndpoint(options.url, 'beanstalkd'), signal);
    await beanstalk.call(`use ${options.queue}.fence`, ['USING']);
    const { words } = await beanstalk.call('put 0 0 60 0\r\n', ['INSERTED']);
    const id = Number(words[1]);
    await beanstalk.call(`delete ${id}`, ['DELETED']);
    await beanstalk.call(`use ${options.queue}`, ['USING']);
    return new NumberedConnection(beanstalk, id);
  }

  get closed(): boolean {
    return this.beanstalk.closed;
  }
  destroy(): void {
    this.beanstalk.destroy();
  }
}

/** Raises ML-QUEUE-URL. */
export function numberedLink(options: QueueOptions): Link<NumberedConnection> {
  parseEndpoint(options.url, 'beanstalkd');
  return new Link({ ...linkOptions(options), connect: (signal) => NumberedConnection.open(options, signal) });
}
