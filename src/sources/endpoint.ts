import { LabError } from '../errors/lab-error.ts';

export type QueueProtocol = 'redis' | 'beanstalkd';

export interface Certificates {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** The name in the server's certificate, unless it is the host. */
  readonly servername?: string;
}

/** Where a queue server listens. `shown` is the URL without user name and password: the only form that may be printed. */
export interface Endpoint {
  readonly protocol: QueueProtocol;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Certificates for `tls`, in PEM; without a CA those of the system count. */
  readonly certificates?: Certificates;
  readonly username?: string;
  readonly password?: string;
  readonly db: number;
  readonly shown: string;
}

const SCHEMES: Readonly<Record<QueueProtocol, readonly string[]>> = {
  redis: ['redis:', 'rediss:'],
  beanstalkd: ['beanstalkd:', 'beanstalk:', 'tcp:'],
};
const DEFAULT_PORTS: Readonly<Record<QueueProtocol, number>> = { redis: 6379, beanstalkd: 11300 };

/** Parses `redis://[user][:password]@host:port/db`, `rediss://...` or `beanstalkd://host:port`. Raises ML-QUEUE-URL. */
export function parseEndpoint(text: string, protocol: QueueProtocol): Endpoint {
  const url = URL.parse(text);
  const refuse = (reason: string): never => {
    throw new LabError('ML-QUEUE-URL', { url: maskUrl(text), reason });
  };
  if (url === null) return refuse('it is not a URL');
  if (!SCHEMES[protocol].includes(url.protocol))
    return refuse(`it should start with ${SCHEMES[protocol][0]}// for this kind of queue`);
  if (url.hostname === '') return refuse('it names no host');
  const db = url.pathname.replace(/^\//, '');
  if (protocol === 'redis' && !/^\d{0,5}$/.test(db)) return refuse('the part after the host is no database number');
  if (protocol === 'beanstalkd' && db !== '') return refuse('there must be nothing after host and port');
  if (protocol === 'beanstalkd' && (url.username !== '' || url.password !== ''))
    return refuse('beanstalkd knows no login');
  const port = url.port === '' ? DEFAULT_PORTS[protocol] : Number(url.port);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    protocol,
    host,
    port,
    tls: url.protocol === 'rediss:',
    db: Number(db),
    shown: `${url.protocol}//${url.hostname}:${port}${db === '' ? '' : `/${db}`}`,
    ...(url.username === '' ? {} : { username: decode(url.username, refuse) }),
    ...(url.password === '' ? {} : { password: decode(url.password, refuse) }),
  };
}

/** The text of a URL, even of a broken one, with everything between `//` and the last `@` hidden. */
export function maskUrl(text: string): string {
  return text.replace(/\/\/.*@/s, '//***@').slice(0, 200);
}

function decode(text: string, refuse: (reason: string) => never): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return refuse('user name or password is not percent-encoded correctly');
    throw error;
  }
}
