import { constants } from 'node:os';

const phrases = {
  EAGAIN: 'resource temporarily unavailable',
  EADDRINUSE: 'address already in use',
  EBADF: 'bad file descriptor',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EEXIST: 'file already exists',
  EINVAL: 'invalid argument',
  EIO: 'i/o error',
  EISDIR: 'illegal operation on a directory',
  EMFILE: 'too many open files',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on device',
  ENOTDIR: 'not a directory',
  ENOTEMPTY: 'directory not empty',
  EPIPE: 'broken pipe',
  ETIMEDOUT: 'connection timed out',
} as const;

/** The system error codes that this package raises itself. */
export type SystemErrorCode = keyof typeof phrases;

/** An error that looks like Node's own: `code`, negative `errno`, `syscall`, and `path` where one is concerned. */
export function systemError(code: SystemErrorCode, syscall: string, path?: string): NodeJS.ErrnoException {
  const where = path === undefined ? syscall : `${syscall} '${path}'`;
  const error: NodeJS.ErrnoException = new Error(`${code}: ${phrases[code]}, ${where}`);
  error.code = code;
  error.errno = -(constants.errno[code] ?? 0);
  error.syscall = syscall;
  if (path !== undefined) error.path = path;
  return error;
}

/** True for an error, Node's or ours, with this `code`. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
