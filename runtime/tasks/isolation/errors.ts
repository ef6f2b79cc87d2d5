import { StreamError } from '../../../platform/errors.ts';
import type { IsolateExit } from '../../../platform/isolate.ts';

/** The thread or process of a task ended by itself: `process.exit`, an error nobody caught, a crash in native code. */
export class IsolateLostError extends StreamError {
  constructor(where: string, { exitCode, cause }: IsolateExit) {
    const end = exitCode === undefined ? 'was killed by a signal' : `ended with exit code ${exitCode}`;
    const reason =
      cause === undefined
        ? 'its code called process.exit, or crashed without a word'
        : firstLine(cause.message);
    super('CONNECT_ISOLATE_LOST', `${where} ${end}: ${reason}. The task can be restarted.`, { cause });
  }
}

/** It wanted more memory than it may have. */
export class IsolateMemoryError extends StreamError {
  constructor(where: string, memoryMaxMb: number) {
    super(
      'CONNECT_ISOLATE_MEMORY',
      `${where} ran out of memory at ${memoryMaxMb} MiB: mend the leak, use smaller batches, or raise isolation.memory.max.mb.`,
    );
  }
}

/** Its event loop was blocked, most likely by an endless loop. */
export class IsolateUnresponsiveError extends StreamError {
  constructor(where: string, timeoutMs: number) {
    super(
      'CONNECT_ISOLATE_UNRESPONSIVE',
      `${where} did not answer for ${timeoutMs} ms and was ended: its code blocks the event loop, perhaps in an endless loop. ` +
        'If it has to compute for so long, raise isolation.response.timeout.ms.',
    );
  }
}

function firstLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => /error/i.test(line)) ?? lines[0] ?? text;
}
