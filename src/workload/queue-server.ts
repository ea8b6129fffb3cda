import { createHash } from 'node:crypto';
import { delimiter, join } from 'node:path';
import type { ComponentSpec } from '../contracts/component.ts';
import type { QueueKind } from '../contracts/lab-spec.ts';
import { LabError } from '../errors/lab-error.ts';

/** Largest item of a beanstalkd of ours, in bytes; its own default is 64 KiB. */
export const MAX_JOB_BYTES = 1_048_576;
const GRACE_SECONDS = 10;
/** What is young dies soon in the embedded server: a bigger nursery only costs memory. */
const SMALL_HEAP = '--max-semi-space-size=2';

/**
 * Redis (7.0.15) cuts a transaction that a kill tore in the middle of a command off its append-only file at that command and
 * not before MULTI (aof.c loadSingleAppendOnlyFile), so that the next transaction's EXEC would also carry out what stands
 * before it. `redis-check-aof --fix` cuts before MULTI; it comes with the server. What it cannot mend, the server tells.
 * $0 is redis-server, $1 its configuration, the working folder that of the data; the process stays the same.
 */
const MEND_AND_START = `
check="$(dirname "$0")/redis-check-aof" manifest=appendonlydir/appendonly.aof.manifest
if [ -x "$check" ] && [ -s "$manifest" ]; then echo y | "$check" --fix "$manifest"; fi
exec "$0" "$1"`;

export interface QueueServerOptions {
  /** Absolute path of the server's program, see `findQueueServer`. */
  readonly program: string;
  /** Folder for the server's data and configuration; survives restarts. */
  readonly dir: string;
  /** Of 127.0.0.1. */
  readonly port: number;
  /** URL-safe text, 16 characters or more. beanstalkd knows no login: it is protected by listening on loopback only. */
  readonly password: string;
  readonly logFile: string;
}

export interface QueueServer {
  readonly component: ComponentSpec;
  /** For clients; holds the password. */
  readonly url: string;
  /** To be made (mode 0700) before the component is declared. */
  readonly folders: readonly string[];
  /** To be written (mode 0600) before the component is declared. */
  readonly files: readonly { readonly path: string; readonly content: string }[];
}

/** The lab's own queue server as a component named `queue`. It loses no acknowledged item when it is killed at any moment. */
export function queueServer(kind: QueueKind, options: QueueServerOptions): QueueServer {
  return kind === 'beanstalkd' ? beanstalkd(options) : redis(options);
}

/**
 * Where redis-server or beanstalkd is on the search path (the text of PATH). Raises ML-QUEUE-NO-REDIS,
 * ML-QUEUE-NO-BEANSTALKD.
 */
export function findQueueServer(kind: QueueKind, searchPath: string, exists: (path: string) => boolean): string {
  const name = kind === 'beanstalkd' ? 'beanstalkd' : 'redis-server';
  const found = onPath(name, searchPath, exists);
  if (found !== undefined) return found;
  const id = kind === 'beanstalkd' ? 'ML-QUEUE-NO-BEANSTALKD' : 'ML-QUEUE-NO-REDIS';
  throw new LabError(id, { path: searchPath === '' ? 'empty' : searchPath });
}

/**
 * Whether a new lab's queue is an embedded server: it speaks enough of the Redis protocol for a list, and is taken when the
 * machine has no redis-server.
 */
export function wantsEmbeddedQueue(kind: QueueKind, searchPath: string, exists: (path: string) => boolean): boolean {
  return kind === 'redis' && onPath('redis-server', searchPath, exists) === undefined;
}

/** The embedded server as the component `queue`; `command`: how our program of that name is started. */
export function embeddedQueueServer(
  command: readonly [command: string, ...args: string[]],
  { dir, port, password, logFile }: Omit<QueueServerOptions, 'program'>,
): QueueServer {
  const passwordFile = join(dir, 'password');
  const [program, ...args] = command;
  return {
    component: {
      ...component(port, logFile),
      command: program,
      args: [SMALL_HEAP, ...args],
      env: { QUEUE_DIR: dir, QUEUE_PORT: String(port), QUEUE_PASSWORD_FILE: passwordFile },
      url: `redis://127.0.0.1:${port}`,
    },
    url: clientUrl(port, password),
    folders: [dir],
    files: [{ path: passwordFile, content: `${password}\n` }],
  };
}

/** With the user's name: `redis-cli -u` sends an empty one otherwise, which is refused. */
function clientUrl(port: number, password: string): string {
  return `redis://default:${encodeURIComponent(password)}@127.0.0.1:${port}`;
}

function onPath(name: string, searchPath: string, exists: (path: string) => boolean): string | undefined {
  const folders = searchPath.split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(exists);
}

function redis({ program, dir, port, password, logFile }: QueueServerOptions): QueueServer {
  const path = join(dir, 'redis.conf');
  const content = redisConfig({ bind: '127.0.0.1', port, password, dir });
  // The arguments stay the same when the configuration changes; the supervisor must see that it did.
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 16);
  return {
    component: {
      ...component(port, logFile),
      command: '/bin/sh',
      args: ['-c', MEND_AND_START, program, path],
      env: { METRICS_LAB_CONFIG_DIGEST: digest },
      cwd: dir,
      url: `redis://127.0.0.1:${port}`,
    },
    url: clientUrl(port, password),
    folders: [dir],
    files: [{ path, content }],
  };
}

interface RedisConfig {
  readonly bind: string;
  readonly port: number;
  readonly password: string;
  readonly dir: string;
}

/**
 * `appendfsync always`: with `everysec` Redis may answer before it has written (it postpones the write while an fsync is
 * under way, aof.c flushAppendOnlyFile), so a kill -9 could lose what was acknowledged. No snapshots: the append-only file
 * is the one truth.
 */
export function redisConfig({ bind, port, password, dir }: RedisConfig): string {
  const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
  const lines = [
    '# Written by metrics-lab; changes are overwritten.',
    `bind ${bind}`,
    'protected-mode yes',
    `port ${port}`,
    `requirepass ${quoted(password)}`,
    `dir ${quoted(dir)}`,
    'daemonize no',
    'appendonly yes',
    'appendfsync always',
    'no-appendfsync-on-rewrite no',
    'save ""',
    'maxmemory-policy noeviction',
    'tcp-backlog 128',
    'logfile ""',
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * beanstalkd writes to the binlog before it answers, whatever `-f` says (prot.c, walwrite), so a kill -9 loses nothing. `-f`
 * only sets how much a power cut may cost: 50 ms here. `-f 0` makes publishing thirty times slower.
 */
function beanstalkd({ program, dir, port, logFile }: QueueServerOptions): QueueServer {
  const binlog = join(dir, 'binlog');
  const url = `beanstalkd://127.0.0.1:${port}`;
  return {
    component: {
      ...component(port, logFile),
      command: program,
      args: ['-l', '127.0.0.1', '-p', String(port), '-b', binlog, '-f', '50', '-z', String(MAX_JOB_BYTES)],
      env: {},
      cwd: dir,
      url,
    },
    url,
    folders: [dir, binlog],
    files: [],
  };
}

function component(
  port: number,
  logFile: string,
): Pick<ComponentSpec, 'name' | 'after' | 'health' | 'graceSeconds' | 'logFile'> {
  return {
    name: 'queue',
    after: [],
    health: { kind: 'tcp', host: '127.0.0.1', port },
    graceSeconds: GRACE_SECONDS,
    logFile,
  };
}
