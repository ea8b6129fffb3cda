import { z } from 'zod';
import { LabError } from '../../errors/lab-error.ts';
import { parseQuantity } from './quantity.ts';

/** What one process node needs to know; `up` writes it as a file (0600) and names it in NODE_CONFIG. Paths are absolute. */
export interface NodeConfig {
  readonly nodeName: string;
  readonly kubeconfig: string;
  /** Records of running children; 0700. */
  readonly stateDir: string;
  /** Logs of containers, one folder each. */
  readonly logsDir: string;
  /** Kubernetes quantities, and the number of pods. */
  readonly capacity: { readonly cpu: string; readonly memory: string; readonly pods: number };
  /** HTTPS port of the kubelet API (`kubectl logs`). */
  readonly kubeletPort: number;
  /** Certificate of both HTTPS servers, for 127.0.0.1 and SERVING_NAMES of manifests.ts. */
  readonly serving: { readonly certFile: string; readonly keyFile: string };
  /** Who signs the client certificates that may call the kubelet API. */
  readonly clientCaFile: string;
  /** HTTPS port of the aggregated API server for metrics.k8s.io. */
  readonly metricsPort: number;
  /** Image name (without tag) → command line. Nothing else is ever run as a container. */
  readonly images: Readonly<Record<string, readonly string[]>>;
  /** Whether the node binds Pending pods to itself: true where no kube-scheduler runs. */
  readonly bindPods: boolean;
  /** Value of METRICS_LAB_OWNER in every child. */
  readonly labOwner: string;
  /** Labels of the Node besides the usual ones. */
  readonly labels?: Readonly<Record<string, string>>;
  /** First two octets of its pods' addresses; default 10.244. Nodes of one cluster have different ones. */
  readonly podPrefix?: string;
  /** Not the first node of its cluster: that one serves metrics.k8s.io and the ports of Services for all of them. */
  readonly further?: true;
  /** Longest time that children get to end when the node itself is stopped; default 10. */
  readonly shutdownSeconds?: number;
  /** Size at which a container's log starts anew (the old part stays beside it); default 10 MiB. */
  readonly maxLogBytes?: number;
}

/** Environment variable of the program: path of the configuration file. */
export const NODE_CONFIG_ENV = 'NODE_CONFIG';

const port = z.int().min(0).max(65_535);
const quantity = z.string().refine((text) => parseQuantity(text) !== undefined, 'not a Kubernetes quantity');
const Config: z.ZodType<NodeConfig> = z.strictObject({
  nodeName: z.string().regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/),
  kubeconfig: z.string().min(1),
  stateDir: z.string().min(1),
  logsDir: z.string().min(1),
  capacity: z.strictObject({ cpu: quantity, memory: quantity, pods: z.int().min(0) }),
  kubeletPort: port,
  serving: z.strictObject({ certFile: z.string(), keyFile: z.string() }),
  clientCaFile: z.string().min(1),
  metricsPort: port,
  images: z.record(z.string(), z.array(z.string()).min(1)),
  bindPods: z.boolean(),
  labOwner: z.string(),
  labels: z.record(z.string(), z.string()).exactOptional(),
  podPrefix: z
    .string()
    .regex(/^\d{1,3}\.\d{1,3}$/)
    .exactOptional(),
  further: z.literal(true).exactOptional(),
  shutdownSeconds: z.number().min(0).exactOptional(),
  maxLogBytes: z.number().min(1024).exactOptional(),
});

/** The configuration in a file's text. Raises ML-NODE-CONFIG. */
export function parseNodeConfig(text: string, path: string): NodeConfig {
  let foreign: unknown;
  try {
    foreign = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LabError('ML-NODE-CONFIG', { path, reason }, { cause: error });
  }
  const parsed = Config.safeParse(foreign);
  if (parsed.success) return parsed.data;
  throw new LabError('ML-NODE-CONFIG', { path, reason: z.prettifyError(parsed.error).replaceAll('\n', '; ') });
}

/** The text of a configuration file; the same configuration always gives the same text. */
export function nodeConfigText(config: NodeConfig): string {
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
