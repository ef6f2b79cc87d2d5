/**
 * Runs a recursion over schemas whose depth only their author knows. Throws what `tooDeep` makes when the stack ends:
 * a schema must be refused, not end the process.
 */
export function withinStack<T>(run: () => T, tooDeep: () => Error): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof RangeError ? tooDeep() : error;
  }
}
