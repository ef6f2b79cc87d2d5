import { diskFiles } from './disk-files.ts';
import type { Logger } from './logger.ts';
import type { Platform } from './platform.ts';
import { systemClock } from './system-clock.ts';
import { systemEntropy } from './system-entropy.ts';
import { systemIsolates } from './system-isolates.ts';
import { tcpNet } from './tcp-net.ts';
import { threadExecutor } from './thread-executor.ts';

/** This computer. Close `executor` in the end; nothing else holds anything by itself. */
export function systemPlatform(logger: Logger): Platform {
  return {
    clock: systemClock,
    entropy: systemEntropy,
    net: tcpNet({ logger }),
    files: diskFiles,
    executor: threadExecutor(),
    isolates: systemIsolates,
    logger,
  };
}
