import { z } from 'zod';
import { LabError } from '../errors/lab-error.ts';

/** Environment variable that names the configuration file of the embedded cluster's process. */
export const EMBEDDED_CONFIG_ENV = 'EMBEDDED_CONFIG';

export interface PairFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** All files are paths. */
export interface EmbeddedConfig {
  readonly port: number;
  /** Folder of the database. */
  readonly stateDir: string;
  readonly serving: PairFiles;
  readonly clientCaFile: string;
  /** How the server introduces users to aggregated servers. */
  readonly frontProxy: PairFiles & { readonly caFile: string };
  /** How the server introduces itself to kubelets. */
  readonly kubeletClient: PairFiles;
  /** Signs and checks service account tokens. */
  readonly serviceAccounts: { readonly keyFile: string; readonly publicKeyFile: string };
  /** As which the HPA controller asks for metrics, over the API like any client. */
  readonly hpaClient: PairFiles;
  /** Names of controllers that do not run; `all` = none does. */
  readonly disabledControllers: readonly string[];
  readonly syncPeriodSeconds: number;
  /** How long a node may be silent before it counts as lost. */
  readonly nodeGraceSeconds?: number;
  /** Whose HPA controller is imitated, e.g. `1.36.3`. */
  readonly kubernetesVersion: string;
}

const Pair = z.object({ certFile: z.string(), keyFile: z.string() });
const Shape: z.ZodType<EmbeddedConfig> = z.strictObject({
  port: z.number().int().min(0).max(65_535),
  stateDir: z.string(),
  serving: Pair,
  clientCaFile: z.string(),
  frontProxy: Pair.extend({ caFile: z.string() }),
  kubeletClient: Pair,
  serviceAccounts: z.object({ keyFile: z.string(), publicKeyFile: z.string() }),
  hpaClient: Pair,
  disabledControllers: z.array(z.string()).default([]),
  syncPeriodSeconds: z.number().positive().default(15),
  nodeGraceSeconds: z.number().positive().exactOptional(),
  kubernetesVersion: z.string().default('1.36.3'),
});

/** Raises ML-NODE-CONFIG when the text is not such a configuration. */
export function parseEmbeddedConfig(text: string, path: string): EmbeddedConfig {
  let foreign: unknown;
  try {
    foreign = JSON.parse(text);
  } catch (error) {
    throw new LabError('ML-NODE-CONFIG', { path, reason: 'it is not JSON' }, { cause: error });
  }
  const parsed = Shape.safeParse(foreign);
  if (parsed.success) return parsed.data;
  throw new LabError('ML-NODE-CONFIG', { path, reason: z.prettifyError(parsed.error) });
}
