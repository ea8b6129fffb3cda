import { PIPELINE_NAMES, PIPELINES, type PipelineName } from '../../contracts/pipelines.ts';
import { LabError } from '../../errors/lab-error.ts';
import type { Origin } from './layers.ts';

/** Raises ML-USAGE-PIPELINE-FLAG for a typed flag, or --set, whose setting nothing of the pipeline reads (kwok#548). */
export function checkPipelineFlags(typed: readonly Origin[], pipeline: PipelineName): void {
  const unused = typed.find(({ path }) => PIPELINES[pipeline].unused.includes(path));
  if (unused === undefined) return;
  const users = PIPELINE_NAMES.filter((name) => !PIPELINES[name].unused.includes(unused.path));
  throw new LabError('ML-USAGE-PIPELINE-FLAG', { flag: unused.origin, pipeline, pipelines: users.join(', ') });
}
