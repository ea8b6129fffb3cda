import type { Clock } from '../contracts/clock.ts';
import type { KubeClient } from '../contracts/kube-client.ts';
import type { MetricSource } from '../contracts/metric-source.ts';
import { LabError } from '../errors/lab-error.ts';
import type { SourceConfig } from '../sources/config.ts';
import type { MetricsLog } from './log.ts';
import type { ProcessUse } from './own-metrics.ts';

/** What a metrics server needs from outside. */
export interface MetricsServerPorts {
  readonly clock: Clock;
  readonly random: () => number;
  /** The text of a file; undefined when there is none. */
  readonly readFile: (path: string) => string | undefined;
  readonly openSource: (config: SourceConfig) => MetricSource;
  /** A client for a kubeconfig file. */
  readonly client: (kubeconfigFile: string) => KubeClient;
  readonly processUse: () => ProcessUse;
  readonly log: MetricsLog;
}

/** The text of a file that the configuration names. Raises ML-METRICS-CONFIG. */
export function neededFile({ readFile }: MetricsServerPorts, path: string): string {
  const text = readFile(path);
  if (text === undefined) throw new LabError('ML-METRICS-CONFIG', { path, problems: 'there is no such file' });
  return text;
}
