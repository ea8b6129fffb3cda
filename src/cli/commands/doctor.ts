import { clusterChecks } from '../../doctor/cluster/cluster-checks.ts';
import { diskCheck, stateChecks } from '../../doctor/local/state.ts';
import { toolChecks } from '../../doctor/local/tools.ts';
import { READER_ROLE, readerRole, readerRoleYaml } from '../../doctor/rbac.ts';
import { type Check, check, type DoctorReport, firstBroken } from '../../doctor/report.ts';
import type { ExitName } from '../../errors/exit-codes.ts';
import { asLabError } from '../../errors/lab-error.ts';
import { doctorPorts } from '../container/doctor-ports.ts';
import { labPorts } from '../container/lab-ports.ts';
import type { CommandContext } from '../context.ts';
import { doctorText } from '../doctor/text.ts';
import { readerOptions, withCluster } from '../explain/cluster.ts';
import type { Flags } from '../flags.ts';

/** `metrics-lab doctor`: ends with `precondition` or `cluster` when something is broken. */
export async function run(context: CommandContext, flags: Flags): Promise<ExitName | undefined> {
  if (flags.has('rbac')) return printRole(context);
  const local = await localChecks(context);
  const { checks, server, kubeContext } = await remoteChecks(context, flags);
  const all = [...local, ...checks];
  const broken = firstBroken(all);
  const at = new Date(context.clock.now()).toISOString();
  const report: DoctorReport = { server, context: kubeContext, at, checks: all, broken };
  await context.output.print({
    kind: 'DoctorReport',
    data: { ...report },
    items: all.map((one) => ({ ...one })),
    names: all.map(({ id }) => id),
    text: (page) => doctorText(report, page),
  });
  if (broken === null) return undefined;
  return firstBroken(local) === null && broken !== 'kubeconfig' ? 'cluster' : 'precondition';
}

async function localChecks(context: CommandContext): Promise<readonly Check[]> {
  const { env, versions, signal, paths } = context;
  const { run: runTool, find, freeBytes } = doctorPorts(env);
  const own = check('tools/node', 'ok', `metrics-lab ${versions.metricsLab} on Node ${versions.node}`);
  return [
    own,
    ...(await toolChecks(runTool, find, signal)),
    diskCheck({ freeBytes }, paths.labsDir),
    ...(await stateChecks(labPorts(context))),
  ];
}

interface Remote {
  readonly checks: readonly Check[];
  readonly server: string | null;
  readonly kubeContext: string | null;
}

async function remoteChecks(context: CommandContext, flags: Flags): Promise<Remote> {
  try {
    return await withCluster(context, flags, async ({ client, namespace, context: kubeContext }) => {
      const known = check('kubeconfig', 'ok', `context ${kubeContext ?? 'of the lab'} at ${client.server}`);
      const checks = await clusterChecks(client, { ...readerOptions(context), namespace });
      return { checks: [known, ...checks], server: client.server, kubeContext };
    });
  } catch (error) {
    const fault = asLabError(error);
    const none = { server: null, kubeContext: null };
    if (fault.id === 'ML-LAB-NOT-FOUND' || fault.id === 'ML-LAB-NOT-READY') {
      const title = 'no cluster was looked at: there is no lab, and none is named with --context';
      return { ...none, checks: [check('kubeconfig', 'skipped', title)] };
    }
    if (fault.id !== 'ML-KUBE-CONFIG') throw error;
    const detail = {
      evidence: [`observed: ${fault.why}`],
      fix: 'name a kubeconfig with --kubeconfig, a context of it with --context',
    };
    return { ...none, checks: [check('kubeconfig', 'broken', fault.message, detail)] };
  }
}

/** The role as YAML, whatever the form of the result: it is for `kubectl apply -f -`. */
async function printRole({ output }: CommandContext): Promise<undefined> {
  const { stringify } = await import('yaml');
  await output.print({
    kind: 'DoctorRole',
    data: { role: readerRole() },
    names: [`clusterrole/${READER_ROLE}`],
    text: () => readerRoleYaml((value) => stringify(value, { lineWidth: 0, collectionStyle: 'flow' })),
  });
}
