import { planUp, type UpResult, up } from '../../lab/up/up.ts';
import type { LabSpec } from '../../contracts/lab-spec.ts';
import { PIPELINES } from '../../contracts/pipelines.ts';
import type { CommandContext } from '../context.ts';
import type { Flags } from '../flags.ts';
import { labPorts } from '../container/lab-ports.ts';
import { userKubeconfig } from '../user-cluster.ts';
import { wantedSpec } from '../lab/wanted-spec.ts';
import { formatDuration } from '../values/duration.ts';

/** How long each wait of `up` may take when --timeout says nothing. */
const TIMEOUT_MS = 300_000;

/** `metrics-lab up`: makes the lab match the settings; running it again is always right. */
export async function run(context: CommandContext, flags: Flags): Promise<undefined> {
  const ports = labPorts(context);
  const spec = withClusterFlags(await wantedSpec(context), flags);
  if (flags.has('dry-run')) {
    const plan = await planUp(ports, spec);
    const lines = [
      `lab ${spec.lab} on ${spec.backend} ${plan.exists ? 'exists' : 'would be made'}`,
      ...plan.steps.map((step) => `  ${step}`),
      ...plan.objects.map(
        ({ kind, metadata: { name, namespace } }) =>
          `would apply ${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
      ),
      ...plan.drift.inPlace.map((line) => `would change ${line}`),
      ...plan.drift.needsNewCluster.map((line) => `needs --recreate: ${line}`),
    ];
    await context.output.print({ kind: 'UpPlan', data: { lab: spec.lab, ...plan }, text: () => lines.join('\n') });
    return;
  }
  const begun = context.clock.monotonic();
  const result = await up(ports, spec, {
    recreate: flags.has('recreate'),
    rollback: flags.has('rollback'),
    timeoutMs: context.globals.timeoutMs ?? TIMEOUT_MS,
    ...(flags.has('merge-kubeconfig') ? { mergeInto: userKubeconfig(context) } : {}),
  });
  const ms = Math.round(context.clock.monotonic() - begun);
  await context.output.print({
    kind: 'Up',
    data: { ...result, ms },
    text: () => resultText(result, ms, spec),
  });
}

/** Flags that are no settings of the lab file; what is not typed stays as the lab has it. */
function withClusterFlags(spec: LabSpec, flags: Flags): LabSpec {
  const named = flags.list('disable-controller');
  return {
    ...spec,
    ...(flags.has('bare') ? { bare: true } : {}),
    ...(named.length === 0 ? {} : { disabledControllers: named.filter((name) => name !== 'none') }),
  };
}

function resultText(result: UpResult, ms: number, { bare, pipeline }: LabSpec): string {
  const flag = result.lab === 'lab' ? '' : ` --lab ${result.lab}`;
  const took = formatDuration(Math.round(ms / 100) * 100);
  const what = `${result.backend}, Kubernetes ${result.kubernetesVersion}`;
  return [
    result.alreadyUp ? `lab ${result.lab} is already up (${what})` : `lab ${result.lab} is up (${what}) after ${took}`,
    ...result.settings.map((line) => `changed  ${line}`),
    `export KUBECONFIG=${result.kubeconfig}`,
    bare === true
      ? 'next  kubectl get namespaces'
      : `next  ${PIPELINES[pipeline].next.map((command) => `${command}${flag}`).join(', then ')}`,
  ].join('\n');
}
