import { StreamError } from '../../platform/errors.ts';
import { formatProblem, type PipelineProblem } from './problem.ts';

/** A pipeline file cannot be used. Its message has one line per problem. */
export class PipelineError extends StreamError {
  readonly problems: readonly PipelineProblem[];

  constructor(problems: readonly PipelineProblem[]) {
    super('PIPELINE_INVALID', problems.map(formatProblem).join('\n'));
    this.problems = problems;
  }
}
