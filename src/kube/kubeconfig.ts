import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { LabError } from '../errors/lab-error.ts';
import { type CredentialSource, execCredentials, type PluginHost } from './exec-credential.ts';

/** What is needed to talk to one API server as one user. PEM texts. */
export interface ClusterAccess {
  readonly server: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly token?: string;
  /** In place of cert, key and token: a plugin that gives them. */
  readonly credentials?: CredentialSource;
  readonly insecureSkipTlsVerify?: boolean;
  /** The name that the server's certificate has, where it is not the one in the URL. */
  readonly tlsServerName?: string;
  readonly namespace?: string;
  readonly context: string;
}

const Cluster = z.object({
  server: z.string(),
  'certificate-authority': z.string().optional(),
  'certificate-authority-data': z.string().optional(),
  'insecure-skip-tls-verify': z.boolean().optional(),
  'tls-server-name': z.string().optional(),
  'proxy-url': z.string().optional(),
});
const User = z
  .object({
    'client-certificate': z.string().optional(),
    'client-certificate-data': z.string().optional(),
    'client-key': z.string().optional(),
    'client-key-data': z.string().optional(),
    token: z.string().optional(),
    tokenFile: z.string().optional(),
    exec: z.unknown().optional(),
    'auth-provider': z.unknown().optional(),
  })
  .nullish();
const Context = z.object({ cluster: z.string(), user: z.string(), namespace: z.string().optional() });
const Kubeconfig = z.object({
  'current-context': z.string().optional(),
  clusters: z.array(z.object({ name: z.string(), cluster: Cluster })).nullish(),
  users: z.array(z.object({ name: z.string(), user: User })).nullish(),
  contexts: z.array(z.object({ name: z.string(), context: Context })).nullish(),
});

/**
 * The access that a kubeconfig's context (default: its current one) describes. `origin` is the file's path: relative
 * paths in it count from its folder. Only with a `host` may the user be one whose credentials a plugin gives. Raises ML-KUBE-CONFIG.
 */
export function loadKubeconfig(text: string, origin: string, contextName?: string, host?: PluginHost): ClusterAccess {
  const fail = (reason: string, cause?: unknown) =>
    new LabError('ML-KUBE-CONFIG', { path: origin, reason }, cause === undefined ? {} : { cause });
  const config = parseConfig(text, fail);
  const name = contextName ?? config['current-context'];
  if (name === undefined || name === '') throw fail('it has no current context');
  const context = find(config.contexts, name)?.context;
  if (context === undefined) throw fail(`it has no context "${name}"; ${contextsOf(config)}`);
  const cluster = find(config.clusters, context.cluster)?.cluster;
  if (cluster === undefined) throw fail(`it has no cluster "${context.cluster}"`);
  const user = find(config.users, context.user)?.user ?? {};
  if (user['auth-provider'] !== undefined)
    throw fail(
      `user "${context.user}" has an auth-provider, which Kubernetes has removed; log in again to get an exec plugin`,
    );
  if (cluster['proxy-url'] !== undefined)
    throw fail(`cluster "${context.cluster}" has a proxy-url, which is not supported`);
  const pem = (data: string | undefined, file: string | undefined) =>
    data === undefined ? readRelative(file, origin, fail) : Buffer.from(data, 'base64').toString('utf8');
  const ca = pem(cluster['certificate-authority-data'], cluster['certificate-authority']);
  const plugin = () => {
    if (user.exec === undefined || user.exec === null) return undefined;
    if (host === undefined)
      throw fail(`user "${context.user}" needs a credential plugin, which only commands that read a cluster run`);
    const told = { ...cluster, 'certificate-authority-data': base64(ca) };
    try {
      return execCredentials(user.exec, { origin, cluster: told }, host);
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error;
      throw fail(`exec of user "${context.user}": ${z.prettifyError(error).replaceAll('\n', '; ')}`, error);
    }
  };
  return withoutUndefined({
    server: cluster.server,
    ca,
    cert: pem(user['client-certificate-data'], user['client-certificate']),
    key: pem(user['client-key-data'], user['client-key']),
    token: user.token ?? readRelative(user.tokenFile, origin, fail)?.trim(),
    credentials: plugin(),
    insecureSkipTlsVerify: cluster['insecure-skip-tls-verify'],
    tlsServerName: cluster['tls-server-name'],
    namespace: context.namespace,
    context: name,
  });
}

function contextsOf({ contexts }: z.infer<typeof Kubeconfig>): string {
  const names = (contexts ?? []).map(({ name }) => name);
  return names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
}

/** One more entry of `users`; the administrator of a lab may act as it with `kubectl --user`. PEM texts. */
export interface KubeconfigUser {
  readonly name: string;
  readonly cert?: string;
  readonly key?: string;
  readonly token?: string;
}

/** The text of a kubeconfig with one context and inline data. It holds private keys: write it with mode 0600. */
export function kubeconfigText(access: ClusterAccess, others: readonly KubeconfigUser[] = []): string {
  const name = access.context;
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [
      {
        name,
        cluster: {
          server: access.server,
          'certificate-authority-data': base64(access.ca),
          'insecure-skip-tls-verify': access.insecureSkipTlsVerify,
          'tls-server-name': access.tlsServerName,
        },
      },
    ],
    users: [{ ...access, name }, ...others].map((user) => ({
      name: user.name,
      user: {
        'client-certificate-data': base64(user.cert),
        'client-key-data': base64(user.key),
        token: user.token,
      },
    })),
    contexts: [{ name, context: { cluster: name, user: name, namespace: access.namespace } }],
  });
}

function base64(pem: string | undefined): string | undefined {
  return pem === undefined ? undefined : Buffer.from(pem).toString('base64');
}

type Fail = (reason: string, cause?: unknown) => LabError;

function parseConfig(text: string, fail: Fail): z.infer<typeof Kubeconfig> {
  let foreign: unknown;
  try {
    foreign = parse(text);
  } catch (error) {
    throw fail(`it is not YAML: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  const parsed = Kubeconfig.safeParse(foreign);
  if (!parsed.success) throw fail(z.prettifyError(parsed.error).replaceAll('\n', '; '));
  return parsed.data;
}

function find<T extends { name: string }>(list: readonly T[] | null | undefined, name: string): T | undefined {
  return list?.find((entry) => entry.name === name);
}

function readRelative(path: string | undefined, origin: string, fail: Fail): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(resolve(dirname(origin), path), 'utf8');
  } catch (error) {
    throw fail(`the file ${path} that it names cannot be read`, error);
  }
}

function withoutUndefined(access: { [K in keyof ClusterAccess]: ClusterAccess[K] | undefined }): ClusterAccess {
  const { server, context, ...rest } = access;
  const known = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return { server: server ?? '', context: context ?? '', ...known };
}
