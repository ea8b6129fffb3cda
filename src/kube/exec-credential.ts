import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import type { RunTool } from '../contracts/commands.ts';
import { LabError } from '../errors/lab-error.ts';

/** Long enough for a login that asks a provider over the network. */
const TIMEOUT_MS = 60_000;
const API_VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'] as const;

const Plugin = z.object({
  apiVersion: z.enum(API_VERSIONS),
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  installHint: z.string().optional(),
  interactiveMode: z.enum(['Never', 'IfAvailable', 'Always']).optional(),
  provideClusterInfo: z.boolean().optional(),
});

const ExecCredential = z.object({
  apiVersion: z.string(),
  kind: z.literal('ExecCredential'),
  status: z.object({
    expirationTimestamp: z.iso.datetime({ offset: true }).optional(),
    token: z.string().min(1).optional(),
    clientCertificateData: z.string().min(1).optional(),
    clientKeyData: z.string().min(1).optional(),
  }),
});

/** Who to be; PEM texts. */
export interface Credential {
  readonly token?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** Credentials that somebody else gives out and that end some day. */
export interface CredentialSource {
  /** Raises ML-KUBE-CREDENTIAL. */
  current(): Promise<Credential>;
  /** The server did not take it: the next `current` asks again. */
  refused(): void;
}

/** The plugin's world. */
export interface PluginHost {
  readonly run: RunTool;
  /** The user's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Where a plugin stands, and what it is told of the cluster where it asks for that. */
export interface PluginPlace {
  /** Path of the kubeconfig; a command with a slash counts from its folder. */
  readonly origin: string;
  readonly cluster: Readonly<Record<string, unknown>>;
}

/**
 * What a credential plugin says (aws, gke-gcloud-auth-plugin, kubelogin): run when first needed, and again when its answer has expired or was
 * refused. It has no terminal, as several requests may need it at once. The rules are client-go's, plugin/pkg/client/auth/exec/exec.go.
 *
 * @param exec `users[].user.exec` of the kubeconfig; raises a ZodError when it is none
 */
export function execCredentials(exec: unknown, place: PluginPlace, host: PluginHost): CredentialSource {
  const plugin = Plugin.parse(exec);
  let held: { readonly credential: Credential; readonly until: number } | undefined;
  let asking: Promise<Credential> | undefined;

  const ask = async (): Promise<Credential> => {
    const { status } = await runPlugin(plugin, place, host);
    const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp: end } = status;
    held = { credential: { token, cert, key }, until: end === undefined ? Number.POSITIVE_INFINITY : Date.parse(end) };
    return held.credential;
  };
  return {
    current: () => {
      if (held !== undefined && host.now() < held.until) return Promise.resolve(held.credential);
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return asking;
    },
    refused: () => {
      held = undefined;
    },
  };
}

async function runPlugin(
  plugin: z.infer<typeof Plugin>,
  { origin, cluster }: PluginPlace,
  { run, env, signal }: PluginHost,
): Promise<z.infer<typeof ExecCredential>> {
  const { apiVersion, command, args, installHint, interactiveMode, provideClusterInfo } = plugin;
  const fail = (reason: string) =>
    new LabError('ML-KUBE-CREDENTIAL', {
      command,
      path: origin,
      reason,
      hint: installHint ?? `run \`${[command, ...(args ?? [])].join(' ')}\` by hand: does it print an ExecCredential?`,
    });
  if (interactiveMode === 'Always') throw fail('it wants to ask something on the terminal, which it does not get here');
  const spec = { interactive: false, ...(provideClusterInfo === true ? { cluster } : {}) };
  const { code, stdout, stderr } = await run(
    command.includes('/') ? resolve(dirname(origin), command) : command,
    args ?? [],
    {
      env: {
        ...Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined)),
        ...Object.fromEntries((plugin.env ?? []).map(({ name, value }) => [name, value])),
        KUBERNETES_EXEC_INFO: JSON.stringify({ kind: 'ExecCredential', apiVersion, spec }),
      },
      timeoutMs: TIMEOUT_MS,
      signal,
    },
  );
  signal.throwIfAborted();
  if (code !== 0) throw fail(`${code === null ? 'it did not run' : `it ended with ${code}`}: ${lastLine(stderr)}`);
  return parseCredential(stdout, apiVersion, fail);
}

function parseCredential(
  stdout: string,
  apiVersion: string,
  fail: (reason: string) => LabError,
): z.infer<typeof ExecCredential> {
  let value: unknown;
  try {
    value = JSON.parse(stdout);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw fail('what it prints is no JSON'); // and is not shown: it may be a secret
  }
  const parsed = ExecCredential.safeParse(value);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0] ?? { path: [], message: 'unknown' };
    throw fail(`its ExecCredential is wrong: ${path.join('.')}: ${message}`);
  }
  const { status } = parsed.data;
  if (parsed.data.apiVersion !== apiVersion)
    throw fail(`it answers in ${parsed.data.apiVersion}, and the kubeconfig says ${apiVersion}`);
  if ((status.clientCertificateData === undefined) !== (status.clientKeyData === undefined))
    throw fail('its ExecCredential has a client certificate without its key, or a key alone');
  if (status.token === undefined && status.clientCertificateData === undefined)
    throw fail('its ExecCredential has neither a token nor a client certificate');
  return parsed.data;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
