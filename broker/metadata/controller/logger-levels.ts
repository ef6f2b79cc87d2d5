import { ErrorCode } from '../../../kafka/protocol/index.ts';
import type { ConfigTexts } from '../../config/index.ts';
import { RefusedError } from '../errors.ts';

/** Levels a BROKER_LOGGER config can have, the most severe first. */
const logLevels = ['FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE'] as const;

/** The logger all others inherit from. */
const rootLogger = 'root';

/** The levels that operations on this broker's `loggers` set; null for a logger that inherits again (KIP-412). */
export function alteredLevels(
  operations: readonly {
    readonly name: string;
    readonly configOperation: number;
    readonly value: string | null;
  }[],
  loggers: ConfigTexts,
): ReadonlyMap<string, string | null> {
  return new Map(
    operations.map(({ name, configOperation, value }) => {
      if (configOperation > 1) {
        throw new RefusedError(
          ErrorCode.INVALID_REQUEST,
          `${configOperation === 2 ? 'APPEND' : 'SUBTRACT'} operation is not allowed for the BROKER_LOGGER resource`,
        );
      }
      if (!loggers.has(name)) {
        throw new RefusedError(ErrorCode.INVALID_CONFIG, `Logger ${name} does not exist!`);
      }
      return [name, configOperation === 0 ? knownLevel(name, value ?? '') : inherited(name)];
    }),
  );
}

function knownLevel(name: string, value: string): string {
  const level = logLevels.find((known) => known === value);
  if (level !== undefined) return level;
  throw new RefusedError(
    ErrorCode.INVALID_CONFIG,
    `Cannot set the log level of ${name} to ${value} as it is not a supported log level. Valid log levels are ${[...logLevels].sort().join(', ')}`,
  );
}

function inherited(name: string): null {
  if (name !== rootLogger) return null;
  throw new RefusedError(
    ErrorCode.INVALID_REQUEST,
    `Removing the log level of the ${rootLogger} logger is not allowed`,
  );
}
