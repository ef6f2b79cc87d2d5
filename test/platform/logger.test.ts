import { expect, test } from 'vitest';
import { silentLogger } from '../../platform/logger.ts';
import { createLogger, type LogLevel } from '../../platform/pino-logger.ts';

async function logged(level: LogLevel, log: (logger: ReturnType<typeof createLogger>) => void) {
  const lines: string[] = [];
  log(createLogger(level, { write: (line) => lines.push(line) }));
  for (const line of lines) expect(line.endsWith('\n')).toBe(true);
  return lines.map((line): Record<string, unknown> => JSON.parse(line));
}

test('every call is one line of JSON with level, time, fields and message', async () => {
  const [line, ...others] = await logged('info', (logger) =>
    logger.warn({ topic: 'orders', partition: 3 }, 'log is slow'),
  );
  expect(others).toEqual([]);
  expect(line).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    topic: 'orders',
    partition: 3,
    msg: 'log is slow',
  });
});

test('what is below the level is not written', async () => {
  const all = (logger: ReturnType<typeof createLogger>) => {
    for (const level of ['debug', 'info', 'warn', 'error'] as const) logger[level]({}, 'said');
  };
  const levels = async (level: LogLevel) => (await logged(level, all)).map((line) => line['level']);
  expect(await levels('debug')).toEqual(['debug', 'info', 'warn', 'error']);
  expect(await levels('warn')).toEqual(['warn', 'error']);
  expect(await levels('silent')).toEqual([]);
});

test('children add their bindings to every line', async () => {
  const [line] = await logged('info', (logger) =>
    logger.child({ broker: 1 }).child({ topic: 't' }).info({ offset: 5 }, 'rolled'),
  );
  expect(line).toMatchObject({ broker: 1, topic: 't', offset: 5, msg: 'rolled' });
});

test.each(['error', 'err'])('an error under %j is written with type, message and stack', async (field) => {
  const [line] = await logged('info', (logger) =>
    logger.error({ [field]: new RangeError('too far') }, 'went wrong'),
  );
  expect(line?.[field]).toMatchObject({
    type: 'RangeError',
    message: 'too far',
    stack: expect.stringContaining('logger.test'),
  });
});

test('the silent logger says nothing, nor do its children', () => {
  const child = silentLogger.child({ a: 1 });
  for (const level of ['debug', 'info', 'warn', 'error'] as const)
    expect(child[level]({}, 'x')).toBeUndefined();
  expect(child).toBe(silentLogger);
});
