import { z } from 'zod';
import { LabError } from '../../errors/lab-error.ts';
import { kubeClient } from '../../kube/client.ts';
import { loadKubeconfig } from '../../kube/kubeconfig.ts';
import { parseMetricsServerConfig } from '../../metrics-server/config.ts';
import { realClock } from '../../platform/clock.ts';
import { nodeFiles } from '../../platform/files.ts';
import { Env } from '../../workload/env.ts';
import { log, runProgram } from './run-program.ts';

/** A source that was added just now has its first reading by then. */
const WITHIN = '60s';
const EVERY_MS = 1_000;
/** Of values; discovery has another shape. */
const List = z.object({ items: z.array(z.unknown()) });

/** A list without a value is what an HPA fails on, too. */
function hasValue(text: string): boolean {
  const list = List.safeParse(JSON.parse(text));
  return !list.success || list.data.items.length > 0;
}

// `helm test` of charts/metrics-server: the cluster's API server answers for every external metric of the configuration, and lists
// custom metrics if there are some.
await runProgram(async (stop) => {
  const env = new Env(process.env, (path) => nodeFiles.readText(path));
  const path = env.text('METRICS_SERVER_CONFIG', '');
  const config = parseMetricsServerConfig(nodeFiles.readText(path) ?? '', path);
  const kubeconfig = config.kubeconfigFile ?? '';
  const client = kubeClient(loadKubeconfig(nodeFiles.readText(kubeconfig) ?? '', kubeconfig));
  const external = config.metrics.filter(({ object }) => object === undefined);
  const hasCustom = config.metrics.length > external.length || config.prometheus.some(({ rules }) => rules.length > 0);
  const paths = [
    ...external.map(({ name, namespace, namespaces }) => {
      const where = namespace ?? namespaces?.[0] ?? env.text('NAMESPACE', 'default');
      return `/apis/external.metrics.k8s.io/v1beta1/namespaces/${where}/${encodeURIComponent(name)}`;
    }),
    ...(hasCustom ? ['/apis/custom.metrics.k8s.io/v1beta2'] : []),
  ];
  const deadline = realClock.monotonic() + env.duration('WITHIN', WITHIN);
  for (const each of paths) {
    for (;;) {
      const { status, text } = await client.request('GET', each);
      if (status === 200 && hasValue(text)) {
        log(`${each} answers`);
        break;
      }
      if (stop.aborted || realClock.monotonic() > deadline)
        throw new LabError('ML-CHART-TEST', { what: each, answer: `${status} ${text.slice(0, 500)}` });
      await realClock.sleep(EVERY_MS, stop);
    }
  }
  log(`${paths.length} metrics answer`);
  client.close();
});
