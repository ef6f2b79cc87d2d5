export { type ConnectorSpec, compilePipeline } from './compile.ts';
export { PipelineError } from './errors.ts';
export { lintPipeline, type PipelineSource, readPipeline } from './lint.ts';
export type { Pipeline } from './pipeline.ts';
export { formatProblem, type PipelineProblem } from './problem.ts';
