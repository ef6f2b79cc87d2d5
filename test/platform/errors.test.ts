import { expect, test } from 'vitest';
import {
  ConnectionClosedError,
  ExecutorClosedError,
  StreamError,
  WorkerLostError,
} from '../../platform/errors.ts';
import { hasCode, systemError } from '../../platform/system-error.ts';

test('errors carry their code, the name of their class and what caused them', () => {
  const cause = new Error('cause');
  const errors = [
    new ConnectionClosedError({ cause }),
    new ExecutorClosedError(),
    new WorkerLostError(3, { cause }),
  ];
  expect(errors.map(({ name, code }) => [name, code])).toEqual([
    ['ConnectionClosedError', 'CONNECTION_CLOSED'],
    ['ExecutorClosedError', 'EXECUTOR_CLOSED'],
    ['WorkerLostError', 'WORKER_LOST'],
  ]);
  for (const error of errors) expect(error).toBeInstanceOf(StreamError);
  expect([errors[0]?.cause, errors[2]?.cause]).toEqual([cause, cause]);
});

test('a system error looks like one of Node', () => {
  const error = systemError('ENOSPC', 'write', '/data/log');
  expect(error.message).toBe("ENOSPC: no space left on device, write '/data/log'");
  expect(error).toMatchObject({ code: 'ENOSPC', syscall: 'write', path: '/data/log' });
  expect(error.errno).toBeLessThan(0);
  expect(systemError('ECONNREFUSED', 'connect a:1')).not.toHaveProperty('path');
});

test('hasCode knows errors by their code, and takes anything', () => {
  expect(hasCode(systemError('EIO', 'read'), 'EIO')).toBe(true);
  expect(hasCode(systemError('EIO', 'read'), 'ENOENT')).toBe(false);
  for (const thrown of [new Error('plain'), undefined, null, 'EIO', { code: 'EIO' }]) {
    expect(hasCode(thrown, 'EIO')).toBe(false);
  }
});
