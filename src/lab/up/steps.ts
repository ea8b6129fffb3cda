import { clusterSpecOf } from '../cluster-spec.ts';
import { mergedInto, mergeKubeconfig } from '../merged-kubeconfig.ts';
import { PIPELINE_OF } from '../pipelines/registry.ts';
import type { Step, StepResult } from '../run-steps.ts';
import { clusterOf, remember, type UpState } from './state.ts';

/** The steps of `up` in order. Each may be run again after any interruption. */
export function upSteps(state: UpState): readonly Step[] {
  const { backend, spec } = state;
  const cluster: Step = { id: 'cluster', title: `cluster (${backend.name})`, run: () => createCluster(state) };
  const mergeInto = state.options.mergeInto ?? mergedInto(state.ports, state.paths)?.path;
  const merge: readonly Step[] =
    mergeInto === undefined
      ? []
      : [{ id: 'kubeconfig', title: `context in ${mergeInto}`, run: () => merged(state, mergeInto) }];
  return [cluster, ...merge, ...(spec.bare === true ? [] : PIPELINE_OF[spec.pipeline].steps(state))];
}

async function merged(state: UpState, path: string): Promise<StepResult> {
  const { context } = clusterOf(state);
  return { changed: mergeKubeconfig(state.ports, state.paths, path, context), detail: context };
}

async function createCluster(state: UpState): Promise<StepResult> {
  const { ports, paths, spec, backend } = state;
  const { handle, changed } = await backend.create(clusterSpecOf(spec, paths.dir), {
    io: ports.io,
    components: ports.components(paths.dir),
    signal: ports.signal,
    step: 'cluster',
  });
  if (JSON.stringify(handle) !== JSON.stringify(state.record.cluster)) remember(state, { cluster: handle });
  return { changed, detail: `Kubernetes ${handle.kubernetesVersion} at ${handle.server}` };
}
