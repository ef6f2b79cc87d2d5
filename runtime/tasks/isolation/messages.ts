import type { LogLevel } from './remote-logger.ts';

/** Where the isolated program finds a plugin. */
export interface PluginAddress {
  readonly kind: 'source' | 'sink';
  readonly name: string;
  /** Path of the module; undefined for one that is built in. */
  readonly file: string | undefined;
}

/** What the runtime tells the isolated program. */
export type Request =
  | {
      readonly kind: 'load';
      readonly plugin: PluginAddress;
      /** The plugin's part of the connector's config, references resolved. It goes nowhere else. */
      readonly config: Readonly<Record<string, unknown>>;
      readonly connector: string;
      readonly task: number;
    }
  | { readonly kind: 'call'; readonly id: number; readonly method: string; readonly input: unknown }
  | { readonly kind: 'abort' }
  | { readonly kind: 'ping' };

/** What the isolated program tells the runtime. */
export type Reply =
  | { readonly kind: 'result'; readonly id: number; readonly output: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly failure: Failure }
  | { readonly kind: 'pong' }
  | {
      readonly kind: 'log';
      readonly level: LogLevel;
      readonly fields: Readonly<Record<string, unknown>>;
      readonly message: string;
    }
  | { readonly kind: 'metric'; readonly name: string; readonly increment: number }
  | { readonly kind: 'ask'; readonly what: string; readonly input: unknown };

/** What is left of an error that crosses over. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: string | undefined;
  /** Of a RecordError. */
  readonly index: number | undefined;
  readonly cause: Failure | undefined;
}

/** Describes anything that was thrown. Causes are followed a few steps. */
export function failureOf(error: unknown, depth = 0): Failure {
  if (!(error instanceof Error)) {
    const none = { stack: undefined, code: undefined, index: undefined, cause: undefined };
    return { name: 'Error', message: String(error), ...none };
  }
  const { name, message, stack, cause } = error;
  return {
    name,
    message,
    stack,
    code: 'code' in error && typeof error.code === 'string' ? error.code : undefined,
    index: 'index' in error && typeof error.index === 'number' ? error.index : undefined,
    cause: cause === undefined || depth > 4 ? undefined : failureOf(cause, depth + 1),
  };
}

/** The error again. What it may mean to the runtime is in its code, not its class. */
export function errorOf({ name, message, stack, code, index, cause }: Failure): Error {
  const error = cause === undefined ? new Error(message) : new Error(message, { cause: errorOf(cause) });
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return Object.assign(error, code !== undefined && { code }, index !== undefined && { index });
}
