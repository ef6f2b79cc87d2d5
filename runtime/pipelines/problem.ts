/** One thing that is wrong with a pipeline file. Lines and columns count from 1. */
export interface PipelineProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string | undefined;
}

/** `file:line:column: message hint`, as editors and terminals link it. */
export function formatProblem({ file, line, column, message, hint }: PipelineProblem): string {
  return `${file}:${line}:${column}: ${message}${hint === undefined ? '' : ` ${hint}`}`;
}
