import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { isIP } from 'node:net';

const DAY_MS = 86_400_000;
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const ATTRIBUTES: Readonly<Record<string, string>> = { CN: '2.5.4.3', O: '2.5.4.10' };

export interface TestPair {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
  readonly privateKey: KeyObject;
  readonly name: Buffer;
}

export interface PairOptions {
  /** Parts of the name in order, e.g. `[['CN', 'reader'], ['O', 'group']]`. */
  readonly subject: readonly (readonly ['CN' | 'O', string])[];
  /** Who signs; undefined = self-signed. */
  readonly issuer?: TestPair;
  readonly ca?: boolean;
  readonly pathLength?: number;
  /** Days from now; defaults -1 and 30. */
  readonly fromDays?: number;
  readonly toDays?: number;
  /** Extended key usages; default client and server authentication, none for a CA. */
  readonly usages?: readonly string[];
  /** Object ID of a further, critical extension. */
  readonly critical?: string;
}

let serial = 1;

/** A P-256 key pair and its certificate, as odd as a test of certificates needs it. */
export function testPair(options: PairOptions): TestPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(
    ...options.subject.map(([type, value]) =>
      element(0x31, sequence(oid(ATTRIBUTES[type] ?? ''), element(0x0c, Buffer.from(value)))),
    ),
  );
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
  serial += 1;
  const tbs = sequence(
    element(0xa0, element(0x02, Buffer.from([2]))),
    element(0x02, Buffer.from([0x01, serial >> 8, serial & 0xff])),
    algorithm,
    options.issuer?.name ?? name,
    sequence(time(options.fromDays ?? -1), time(options.toDays ?? 30)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(...extensions(options))),
  );
  const signature = sign('sha256', tbs, options.issuer?.privateKey ?? privateKey);
  const der = sequence(tbs, algorithm, element(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const body = der.toString('base64').replaceAll(/(.{64})(?=.)/g, '$1\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    privateKey,
    name,
  };
}

function extensions(options: PairOptions): Buffer[] {
  const isCa = options.ca === true;
  const usages = options.usages ?? (isCa ? [] : [CLIENT_AUTH, SERVER_AUTH]);
  const length = options.pathLength === undefined ? [] : [element(0x02, Buffer.from([options.pathLength]))];
  const hosts = ['127.0.0.1', 'localhost'].map((host) =>
    isIP(host) === 4 ? element(0x87, Buffer.from(host.split('.').map(Number))) : element(0x82, Buffer.from(host)),
  );
  return [
    extension('2.5.29.19', isCa ? sequence(element(0x01, Buffer.from([0xff])), ...length) : sequence(), true),
    extension('2.5.29.15', element(0x03, isCa ? Buffer.from([1, 0x06]) : Buffer.from([7, 0x80])), true),
    ...(usages.length === 0 ? [] : [extension('2.5.29.37', sequence(...usages.map(oid)), false)]),
    ...(isCa ? [] : [extension('2.5.29.17', sequence(...hosts), false)]),
    ...(options.critical === undefined ? [] : [extension(options.critical, sequence(), true)]),
  ];
}

function extension(type: string, value: Buffer, critical: boolean): Buffer {
  return sequence(oid(type), ...(critical ? [element(0x01, Buffer.from([0xff]))] : []), element(0x04, value));
}

function time(days: number): Buffer {
  const text = new Date(Date.now() + days * DAY_MS).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);
  return element(0x18, Buffer.from(`${text}Z`));
}

function sequence(...items: readonly Buffer[]): Buffer {
  return element(0x30, Buffer.concat(items));
}

function element(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const value of rest) {
    const group = [value % 128];
    for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128)) group.unshift(128 | (left % 128));
    bytes.push(...group);
  }
  return element(0x06, Buffer.from(bytes));
}
