/** A command of `millrace`, as its module exports it. */
export interface Command {
  /** What `millrace <command> --help` prints. Left out by commands that answer `--help` themselves. */
  readonly help?: string;
  /** Runs it; resolves with the exit code. Throws UsageError or any other StreamError for what the user can mend. */
  run(args: readonly string[]): Promise<number>;
}

/** How the command line knows a command before it is loaded. */
export interface CommandEntry {
  readonly summary: string;
  /** Loads the command's code; only the command that runs is loaded. */
  readonly load: () => Promise<Command>;
}

/** Exit codes of the command line. INTERRUPTED: stopped before it was done, as shells tell of SIGINT. */
export const ExitCode = { OK: 0, FAILED: 1, USAGE: 2, INTERRUPTED: 130 } as const;
