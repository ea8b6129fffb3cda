import type { MetricsAdmin } from './metrics-admin.ts';
import { describe, LabError } from '../errors/lab-error.ts';
import { labPaths, requireRecord } from './lab-store.ts';
import type { LabPorts } from './ports.ts';

export interface MetricWrite {
  readonly lab: string;
  /** As people call it: `queue_length`, `services/web/rps`. */
  readonly name: string;
  readonly metric: string;
  /** Below `/write-metrics`. */
  readonly path: string;
  readonly value: string;
  readonly labels?: string;
  readonly forSeconds?: number;
}

/**
 * Sets a metric. One that a source feeds gets the value in the place of its own (a fault on demand); others are written. Raises
 * ML-METRIC-WRITE, ML-METRIC-NOT-FOUND where nothing can be written and no source feeds such a metric.
 */
export async function setMetric(
  ports: LabPorts,
  admin: MetricsAdmin,
  write: MetricWrite,
): Promise<'written' | 'replaced'> {
  const { metrics } = await admin.report();
  const { metric, value, labels, forSeconds } = write;
  if (metrics.some((one) => one.metric === metric && one.source !== null)) {
    await admin.setFault(metric, { text: value, ...(forSeconds === undefined ? {} : { forSeconds }) });
    return 'replaced';
  }
  const { ports: taken } = requireRecord(ports.files, ports.labsDir, write.lab);
  const token = ports.files.readText(labPaths(ports.labsDir, write.lab).writeToken)?.trim();
  if (taken.metricsWrite === undefined || token === undefined) {
    const nearest = metrics.map((one) => one.metric).join(', ') || 'none';
    throw new LabError('ML-METRIC-NOT-FOUND', { lab: write.lab, metric: write.name, nearest });
  }
  const query = labels === undefined ? '' : `?labels=${encodeURIComponent(labels)}`;
  const url = `http://127.0.0.1:${taken.metricsWrite}/write-metrics/${write.path}${query}`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const refused = (reason: string, cause?: unknown) =>
    new LabError('ML-METRIC-WRITE', { metric: write.name, reason }, cause === undefined ? {} : { cause });
  const { status, text } = await ports.post(url, JSON.stringify(value), headers).catch((error: unknown) => {
    throw refused(`the metrics server does not answer: ${describe(error)}`, error);
  });
  if (status !== 200) throw refused(`${text} (HTTP ${status})`);
  return 'written';
}
