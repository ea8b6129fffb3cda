import type { PipelineName } from '../../contracts/pipelines.ts';
import type { Pipeline } from './pipeline.ts';
import { queuePipeline } from './queue.ts';
import { testPipeline } from './test.ts';

export const PIPELINE_OF: Readonly<Record<PipelineName, Pipeline>> = {
  queue: queuePipeline,
  test: testPipeline,
};
