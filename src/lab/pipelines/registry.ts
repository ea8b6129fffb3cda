import type { PipelineName } from '../../contracts/pipelines.ts';
import { httpPipeline } from './http.ts';
import type { Pipeline } from './pipeline.ts';
import { prometheusPipeline } from './prometheus.ts';
import { queuePipeline } from './queue.ts';
import { testPipeline } from './test.ts';

export const PIPELINE_OF: Readonly<Record<PipelineName, Pipeline>> = {
  queue: queuePipeline,
  prometheus: prometheusPipeline,
  http: httpPipeline,
  test: testPipeline,
};
