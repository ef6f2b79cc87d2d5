export { type ConnectorSpec, compilePipeline } from './compile.ts';
export { PipelineError } from './errors.ts';
export { lintPipeline, type PipelineSource, readPipeline } from './lint.ts';
export type { Pipeline } from './pipeline.ts';
export { applyPipeline, type PipelineHost, stopOthers } from './pipeline-run.ts';
export { formatProblem, type PipelineProblem } from './problem.ts';
export { type ConnectorTotals, progressLines, Rates, summary, totalsOf } from './run-report.ts';
