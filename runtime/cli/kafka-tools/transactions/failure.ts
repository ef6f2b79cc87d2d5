import { ToolError } from '../errors.ts';
import { javaError } from '../java-error.ts';

/** Runs `work`; what goes wrong becomes a ToolError that says what was tried first. */
export async function attempt<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof ToolError) throw error;
    const { message } = javaError(error);
    throw new ToolError(`Failed to ${what}: ${message}. Enable debug logging for additional detail.`);
  }
}
