export { type ConnectorSpec, compilePipeline } from './compile.ts';
export { connectorProblems } from './connector-check.ts';
export { type FileConnector, isConnectorFile, readConnectorFile } from './connector-file.ts';
export { PipelineError } from './errors.ts';
export { lintPipeline, type PipelineSource, readPipeline } from './lint.ts';
export type { Pipeline } from './pipeline.ts';
export { applyConnector, applyPipeline, type PipelineHost, stopOthers } from './pipeline-run.ts';
export { formatProblem, type PipelineProblem } from './problem.ts';
export { type ConnectorTotals, progressLines, Rates, summary, totalsOf } from './run-report.ts';
