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

/** The topic of a pipeline exists and has fewer partitions than the pipeline asks for. */
export class TopicMismatchError extends StreamError {
  constructor(topic: string, found: number, wanted: number) {
    super(
      'PIPELINE_TOPIC_MISMATCH',
      `topic ${topic} has ${found} partitions and the pipeline asks for ${wanted}: add partitions (kafka-topics --alter), or change topic.partitions`,
    );
  }
}
