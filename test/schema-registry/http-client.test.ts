import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from '../../platform/logger.ts';
import { ManualClock } from '../../platform/simulation/manual-clock.ts';
import { systemClock } from '../../platform/system-clock.ts';
import {
  httpClient,
  MemorySchemaLog,
  RegistryError,
  type RunningRegistry,
  startRegistry,
} from '../../schema-registry/index.ts';
import { avro } from './fixture.ts';

let registry: RunningRegistry;

beforeAll(async () => {
  registry = await startRegistry({
    log: new MemorySchemaLog(),
    host: '127.0.0.1',
    port: 0,
    logger: silentLogger,
    clock: systemClock,
  });
});

afterAll(() => registry.close());

describe('the HTTP client', () => {
  const answers = async (handle: (attempt: number) => Response, retries = 3) => {
    const { createServer } = await import('node:http');
    let attempts = 0;
    const server = createServer((_request, response) => {
      attempts += 1;
      const answer = handle(attempts);
      void answer.text().then((text) => response.writeHead(answer.status).end(text));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const clock = {
      ...systemClock,
      timer: (delayMs: number, callback: () => void) =>
        systemClock.timer(delayMs > 1000 ? delayMs : 0, callback),
    };
    const client = httpClient({ urls: [`http://127.0.0.1:${port}`], clock, retries });
    return { client, attempts: () => attempts, close: () => server.close() };
  };

  test('tries again what may be better next time, and nothing else', async () => {
    const busy = await answers((attempt) =>
      attempt < 3 ? new Response('busy', { status: 503 }) : new Response('{"schema":"x"}'),
    );
    expect(await busy.client.byId(1)).toMatchObject({ schema: 'x' });
    expect(busy.attempts()).toBe(3);
    busy.close();
    const wrong = await answers(() => new Response('{"error_code":42201,"message":"no"}', { status: 422 }));
    await expect(wrong.client.byId(1)).rejects.toMatchObject({
      status: 422,
      errorCode: 42201,
      message: 'no',
    });
    expect(wrong.attempts()).toBe(1);
    wrong.close();
  });

  test("answers that are not the registry's are errors", async () => {
    for (const text of ['<html>', '[]', '5', '{}', '{"schema":5}']) {
      const strange = await answers(() => new Response(text), 0);
      await expect(strange.client.byId(1)).rejects.toBeInstanceOf(RegistryError);
      await expect(strange.client.register('s', avro('int'), { normalize: false })).rejects.toBeInstanceOf(
        RegistryError,
      );
      strange.close();
    }
  });

  test('goes on to the next registry when one cannot be reached', async () => {
    const clock = new ManualClock();
    const client = httpClient({ urls: ['http://127.0.0.1:1', registry.url], clock });
    const asking = client.latest('none');
    await expect.poll(() => clock.nextDeadline).toBe(100);
    clock.advanceToNext();
    await expect(asking).rejects.toMatchObject({ errorCode: 40401 });
  });
});
