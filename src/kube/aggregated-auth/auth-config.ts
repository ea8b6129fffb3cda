import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../contracts/clock.ts';
import type { KubeClient, ListWatch, ObjectMeta } from '../../contracts/kube-client.ts';
import { asLabError, describe, LabError } from '../../errors/lab-error.ts';
import { listWatch } from '../list-watch.ts';
import { Meta } from '../objects.ts';

/** The cluster's own rules for aggregated servers; a missing part means that nobody is recognised that way. */
export interface AuthConfig {
  readonly clientCas: readonly X509Certificate[] | undefined;
  readonly requestHeader: RequestHeaderConfig | undefined;
}

export interface RequestHeaderConfig {
  readonly cas: readonly X509Certificate[];
  /** Common names of the front proxies; empty = any. */
  readonly allowedNames: readonly string[];
  /** Header names in lower case. */
  readonly userHeaders: readonly string[];
  readonly uidHeaders: readonly string[];
  readonly groupHeaders: readonly string[];
  readonly extraPrefixes: readonly string[];
}

const NAMESPACE = 'kube-system';
const NAME = 'extension-apiserver-authentication';
const COLLECTION = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
const GET_TIMEOUT_MS = 10_000;

const Texts = z.array(z.string());
interface AuthConfigMap {
  readonly metadata: ObjectMeta;
  readonly config: AuthConfig;
}
const ConfigMapShape = z.object({ metadata: Meta, data: z.record(z.string(), z.string()).nullish() });

/** Reads the ConfigMap. Raises ML-AUTH-CONFIG when a part of it cannot be understood, ML-AUTH-CERTIFICATE for a broken CA. */
export function parseAuthConfig(foreign: unknown): AuthConfigMap {
  const parsed = ConfigMapShape.safeParse(foreign);
  if (!parsed.success) throw new LabError('ML-AUTH-CONFIG', { reason: z.prettifyError(parsed.error) });
  const data = parsed.data.data ?? {};
  const clientCa = data['client-ca-file'];
  return {
    metadata: parsed.data.metadata,
    config: {
      clientCas: clientCa === undefined || clientCa === '' ? undefined : certificates('client-ca-file', clientCa),
      requestHeader: requestHeaderOf(data),
    },
  };
}

function requestHeaderOf(data: Readonly<Record<string, string>>): RequestHeaderConfig | undefined {
  const ca = data['requestheader-client-ca-file'];
  if (ca === undefined || ca === '') return undefined;
  const list = (key: string) => texts(`requestheader-${key}`, data[`requestheader-${key}`]);
  const lower = (key: string) => list(key).map((name) => name.toLowerCase());
  return {
    cas: certificates('requestheader-client-ca-file', ca),
    allowedNames: list('allowed-names'),
    userHeaders: lower('username-headers'),
    uidHeaders: lower('uid-headers'),
    groupHeaders: lower('group-headers'),
    extraPrefixes: lower('extra-headers-prefix'),
  };
}

function texts(key: string, value: string | undefined): readonly string[] {
  if (value === undefined || value === '') return [];
  try {
    return Texts.parse(JSON.parse(value));
  } catch (error) {
    throw new LabError('ML-AUTH-CONFIG', { reason: `${key} is not a list of texts` }, { cause: error });
  }
}

function certificates(key: string, pem: string): readonly X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new LabError('ML-AUTH-CONFIG', { reason: `${key} holds no certificate` });
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch (error) {
    throw new LabError('ML-AUTH-CONFIG', { reason: `${key}: ${describe(error)}` }, { cause: error });
  }
}

export interface AuthConfigWatch {
  readonly ready: Promise<void>;
  /** The newest configuration that could be understood. A new object = it changed. */
  readonly current: AuthConfig | undefined;
  readonly problem: string;
  stop(): void;
}

export interface AuthConfigOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly reloadMs: number;
  readonly onError: (error: LabError) => void;
}

/** Keeps the configuration up to date: watched, and read again now and then. What cannot be understood leaves the old one. */
export function watchAuthConfig(options: AuthConfigOptions): AuthConfigWatch {
  const { client, clock } = options;
  const stopped = new AbortController();
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  let current: AuthConfig | undefined;
  let version: string | undefined;
  let problem = 'it was not read yet';

  const report = (error: LabError) => {
    problem = describe(error);
    options.onError(error);
  };
  const take = ({ metadata, config }: AuthConfigMap) => {
    if (metadata.resourceVersion !== undefined && metadata.resourceVersion === version) return;
    version = metadata.resourceVersion;
    current = config;
    resolve();
  };
  const store: ListWatch<AuthConfigMap> = listWatch(client, COLLECTION, {
    parse: parseAuthConfig,
    clock,
    query: { fieldSelector: `metadata.name=${NAME}` },
    onError: report,
    signal: stopped.signal,
  });
  store.onChange(() => {
    const map = store.get(NAMESPACE, NAME);
    if (map !== undefined) take(map);
    else if (current === undefined) problem = `there is no ConfigMap ${NAMESPACE}/${NAME}`;
  });
  // Ends by the abort of stop() and by nothing else.
  readAgain(options, stopped.signal, take, report).catch(() => stopped.signal.aborted);

  const stop = () => {
    stopped.abort();
    store.stop();
  };
  return {
    ready,
    get current() {
      return current;
    },
    get problem() {
      return problem;
    },
    stop,
  };
}

/** For the case that the watch is silent although it is broken. */
async function readAgain(
  { client, clock, reloadMs }: AuthConfigOptions,
  signal: AbortSignal,
  take: (map: AuthConfigMap) => void,
  report: (error: LabError) => void,
): Promise<void> {
  for (;;) {
    await clock.sleep(reloadMs, signal);
    try {
      const found = await client.find(`${COLLECTION}/${NAME}`, { timeoutMs: GET_TIMEOUT_MS, signal });
      if (found !== undefined) take(parseAuthConfig(found));
    } catch (error) {
      signal.throwIfAborted();
      report(asLabError(error));
    }
  }
}
