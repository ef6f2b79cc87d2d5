import { afterEach, beforeEach, expect } from 'vitest';
import { silentLogger } from '../../platform/logger.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { MemorySchemaLog, type RunningRegistry, startRegistry } from '../../schema-registry/index.ts';
import { recordOf } from './fixture.ts';

export const mediaType = 'application/vnd.schemaregistry.v1+json';

/** What a registry is started with. */
interface StartOptions {
  readonly personality?: 7 | 8;
  readonly log?: MemorySchemaLog;
}

function start({ log = new MemorySchemaLog(), ...rest }: StartOptions = {}): Promise<RunningRegistry> {
  return startRegistry({
    log,
    host: '127.0.0.1',
    port: 0,
    logger: silentLogger,
    clock: systemClock,
    clusterId: 'k1',
    ...rest,
  });
}

/** An answer, its text also parsed. */
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

/** To be called once in a file: a registry for each test, and how to ask it over HTTP. */
export function openRest() {
  let registry: RunningRegistry;

  beforeEach(async () => {
    registry = await start();
  });

  afterEach(() => registry.close());

  /** Goes on with another registry, or the same log in a new one. */
  async function restart(options: StartOptions): Promise<void> {
    await registry.close();
    registry = await start(options);
  }

  async function ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(registry.url + path, {
      method,
      headers: { ...(body !== undefined && { 'content-type': mediaType }), ...headers },
      ...(body !== undefined && { body: text }),
    });
    const answer = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text: answer,
      json: answer === '' ? undefined : (JSON.parse(answer) as unknown),
    };
  }

  const register = (subject: string, schema: unknown, more: object = {}) =>
    ask('POST', `/subjects/${encodeURIComponent(subject)}/versions`, body(schema, more));

  /** Asks and expects one of the errors of the table. */
  async function refused(
    method: string,
    path: string,
    sent: unknown,
    status: number,
    code: number,
    message: unknown,
  ) {
    const answer = await ask(method, path, sent);
    expect({ status: answer.status, body: answer.json }).toEqual({
      status,
      body: { error_code: code, message },
    });
  }

  return { url: () => registry.url, restart, ask, register, refused };
}

/** The body of a registration or look-up. */
export const body = (schema: unknown, more: object = {}) => ({ schema: JSON.stringify(schema), ...more });

export const R: object = recordOf('a');
export const R2: object = recordOf('a', 'b?');
export const broken: object = recordOf('a', 'b');
