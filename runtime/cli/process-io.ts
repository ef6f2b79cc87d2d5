import { silentLogger } from '../../platform/logger.ts';
import { systemPlatform } from '../../platform/system-platform.ts';
import type { ToolIo } from './kafka-tools/tool.ts';
import { whileRunning } from './running.ts';

/** Runs a tool on this process: its streams, its signals, the real platform. Resolves with the exit code. */
export async function runOnProcess(tool: (io: ToolIo) => Promise<number>): Promise<number> {
  const platform = systemPlatform(silentLogger);
  let isReading = false;
  try {
    return await whileRunning((signal) =>
      tool({
        // Opened when a tool asks for it: an open stdin would keep the others from ending.
        get stdin() {
          isReading = true;
          return process.stdin;
        },
        stdout: process.stdout,
        stderr: process.stderr,
        platform,
        signal,
      }),
    );
  } finally {
    if (isReading) process.stdin.destroy();
    await platform.executor.close();
  }
}
