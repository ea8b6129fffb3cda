import { z } from 'zod';
import type { Clock } from '../../contracts/clock.ts';
import { LabError } from '../../errors/lab-error.ts';
import { type Certificates, type Endpoint, parseEndpoint, type QueueProtocol } from '../endpoint.ts';

/** What a source needs from outside. */
export interface SourcePorts {
  readonly clock: Clock;
  /** The text of a file; undefined when there is none. */
  readonly readFile: (path: string) => string | undefined;
}

/** The schema of one kind of source: an object whose `type` is a literal. */
export type SourceSchema<C> = z.ZodType<C> & z.core.$ZodTypeDiscriminable;

/** Labels of the series. */
export const sourceLabels: z.ZodDefault<z.ZodRecord<z.ZodString, z.ZodString>> = z
  .record(z.string().min(1).max(63), z.string().max(63))
  .default({});

/** How a queue server is reached. */
export interface QueueServerConfig {
  readonly url?: string;
  readonly urlFile?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** The keys of `QueueServerConfig` for a strict object. */
export const queueServerShape: {
  readonly url: z.ZodExactOptional<z.ZodString>;
  readonly urlFile: z.ZodExactOptional<z.ZodString>;
  readonly labels: typeof sourceLabels;
  readonly timeoutMs: z.ZodDefault<z.ZodNumber>;
} = {
  url: z.string().min(1).exactOptional().describe('may hold a password; never printed. Either this or urlFile'),
  urlFile: z.string().min(1).exactOptional().describe('a file with the URL in it, read at each connection'),
  labels: sourceLabels,
  timeoutMs: z.number().int().min(10).max(60_000).default(5_000).describe('one reading, connecting included'),
};

/** A refinement: exactly one of the two says where the server is. */
export function oneUrl(config: QueueServerConfig, context: z.core.$RefinementCtx): void {
  if ((config.url === undefined) === (config.urlFile === undefined))
    context.addIssue({ code: 'custom', message: 'give either url or urlFile', path: ['url'] });
}

/**
 * Where the server is, asked at each connection: a new password in the file counts without a restart. Raises ML-QUEUE-URL now for a
 * `url` that cannot be used, later for what is in the file.
 */
export function endpointOf(
  { url, urlFile = '' }: QueueServerConfig,
  protocol: QueueProtocol,
  readFile: SourcePorts['readFile'],
): () => Endpoint {
  if (url !== undefined) {
    const endpoint = parseEndpoint(url, protocol);
    return () => endpoint;
  }
  return () => {
    const text = readFile(urlFile)?.trim() ?? '';
    if (text === '') throw new LabError('ML-SOURCE-CONFIG', { problems: `urlFile: there is nothing in ${urlFile}` });
    return parseEndpoint(text, protocol);
  };
}

/** PEM files, read at each connection. */
export interface TlsFiles {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  /** The name in the server's certificate, unless it is the host. */
  readonly serverName?: string;
}

const text = z.string().min(1);
export const tlsFilesSchema: z.ZodType<TlsFiles> = z
  .strictObject({
    caFile: text.exactOptional(),
    certFile: text.exactOptional(),
    keyFile: text.exactOptional(),
    serverName: text.exactOptional(),
  })
  .refine((tls) => (tls.certFile === undefined) === (tls.keyFile === undefined), 'certFile and keyFile go together');

/** What is in the files. Raises ML-SOURCE-CONFIG for one that is not there. */
export function certificatesOf(
  { caFile, certFile, keyFile, serverName }: TlsFiles,
  readFile: SourcePorts['readFile'],
): Certificates {
  const content = (name: string, path: string | undefined) => {
    if (path === undefined) return {};
    const pem = readFile(path)?.trim() ?? '';
    if (pem === '') throw new LabError('ML-SOURCE-CONFIG', { problems: `tls: there is nothing in ${path}` });
    return { [name]: pem };
  };
  const servername = serverName === undefined ? {} : { servername: serverName };
  return { ...content('ca', caFile), ...content('cert', certFile), ...content('key', keyFile), ...servername };
}
