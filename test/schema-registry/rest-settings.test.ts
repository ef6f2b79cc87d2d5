import { describe, expect, test } from 'vitest';
import { recordOf } from './fixture.ts';
import { body, openRest, R, R2 } from './rest-fixture.ts';

const { ask, refused, register } = openRest();

describe('settings', () => {
  test("the level is the registry's, a subject's, or the default", async () => {
    expect((await ask('GET', '/config')).json).toEqual({ compatibilityLevel: 'BACKWARD' });
    await refused(
      'GET',
      '/config/s',
      undefined,
      404,
      40408,
      "Subject 's' does not have subject-level compatibility configured",
    );
    expect((await ask('GET', '/config/s?defaultToGlobal=true')).json).toEqual({
      compatibilityLevel: 'BACKWARD',
    });
    expect((await ask('PUT', '/config', { compatibility: 'full_transitive' })).json).toEqual({
      compatibility: 'FULL_TRANSITIVE',
    });
    expect((await ask('PUT', '/config/s', { compatibility: 'NONE' })).json).toEqual({
      compatibility: 'NONE',
    });
    expect((await ask('GET', '/config/s')).json).toEqual({ compatibilityLevel: 'NONE' });
    expect((await ask('PUT', '/config/s', { normalize: true })).json).toEqual({
      compatibility: 'NONE',
      normalize: true,
    });
    expect((await ask('PUT', '/config/s', { compatibility: null })).json).toEqual({ normalize: true });
    expect((await ask('GET', '/config/s?defaultToGlobal=true')).json).toEqual({
      compatibilityLevel: 'FULL_TRANSITIVE',
      normalize: true,
    });
    expect((await ask('DELETE', '/config/s')).json).toEqual({ normalize: true });
    await refused('DELETE', '/config/s', undefined, 404, 40401, "Subject 's' not found.");
    expect((await ask('DELETE', '/config')).json).toEqual({ compatibilityLevel: 'FULL_TRANSITIVE' });
    expect((await ask('GET', '/config')).json).toEqual({ compatibilityLevel: 'BACKWARD' });
  });

  test('what is no level, or not supported, is refused', async () => {
    const message =
      'Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive';
    await refused('PUT', '/config', { compatibility: 'some' }, 422, 42203, message);
    await refused('PUT', '/config', { compatibility: 5 }, 422, 42203, message);
    await refused(
      'PUT',
      '/config',
      { defaultRuleSet: { domainRules: [{ name: '1' }] } },
      422,
      42210,
      expect.any(String),
    );
    await refused(
      'PUT',
      '/config',
      { overrideMetadata: { properties: { a: 1 } } },
      400,
      400,
      expect.any(String),
    );
    await refused('PUT', '/config', { normalize: 'yes' }, 400, 400, expect.any(String));
    await refused('PUT', '/config', undefined, 422, 422, expect.any(String));
    await refused('PUT', '/config/__GLOBAL', { compatibility: 'NONE' }, 422, 42208, expect.any(String));
  });

  test('each level lets through what it should', async () => {
    const accepted: Record<string, [grow: boolean, shrink: boolean]> = {
      NONE: [true, true],
      BACKWARD: [false, true],
      FORWARD: [true, false],
      FULL: [false, false],
      BACKWARD_TRANSITIVE: [false, true],
      FORWARD_TRANSITIVE: [true, false],
      FULL_TRANSITIVE: [false, false],
    };
    for (const [level, [grow, shrink]] of Object.entries(accepted)) {
      await ask('PUT', '/config', { compatibility: level });
      await register(`grow-${level}`, recordOf('a'));
      expect((await register(`grow-${level}`, recordOf('a', 'b'))).status === 200, level).toBe(grow);
      await register(`shrink-${level}`, recordOf('a', 'b'));
      expect((await register(`shrink-${level}`, recordOf('a'))).status === 200, level).toBe(shrink);
      await register(`both-${level}`, recordOf('a'));
      expect((await register(`both-${level}`, recordOf('a', 'b?'))).status, level).toBe(200);
    }
  });

  test('a lenient policy lets properties come and go', async () => {
    const open = (properties: object) => ({
      schemaType: 'JSON',
      schema: JSON.stringify({ type: 'object', properties }),
    });
    await ask('POST', '/subjects/j/versions', open({ a: { type: 'string' } }));
    const more = open({ a: { type: 'string' }, b: { type: 'string' } });
    expect((await ask('POST', '/subjects/j/versions', more)).status).toBe(409);
    await ask('PUT', '/config/j', { compatibilityPolicy: 'lenient' });
    expect((await ask('POST', '/subjects/j/versions', more)).status).toBe(200);
  });

  test('the mode decides who may write', async () => {
    await register('s', R);
    expect((await ask('GET', '/mode')).json).toEqual({ mode: 'READWRITE' });
    await refused(
      'GET',
      '/mode/s',
      undefined,
      404,
      40409,
      "Subject 's' does not have subject-level mode configured",
    );
    expect((await ask('GET', '/mode/s?defaultToGlobal=true')).json).toEqual({ mode: 'READWRITE' });
    expect((await ask('PUT', '/mode/s', { mode: 'readonly' })).json).toEqual({ mode: 'READONLY' });
    const message = 'Subject s in context . is in read-only mode';
    await refused('POST', '/subjects/s/versions', body(R2), 422, 42205, message);
    await refused('DELETE', '/subjects/s', undefined, 422, 42205, message);
    await refused('DELETE', '/subjects/s/versions/1', undefined, 422, 42205, message);
    await refused('PUT', '/config/s', { compatibility: 'NONE' }, 422, 42205, message);
    expect((await register('s', R)).json).toMatchObject({ id: 1 });
    expect((await ask('DELETE', '/mode/s')).json).toEqual({ mode: 'READONLY' });
    await refused('DELETE', '/mode/s', undefined, 404, 40401, "Subject 's' not found.");
    await refused(
      'PUT',
      '/mode',
      { mode: 'SOME' },
      422,
      42204,
      'Invalid mode. Valid values are READWRITE, READONLY, IMPORT and FORWARD.',
    );
    await refused(
      'PUT',
      '/mode',
      { mode: 'IMPORT' },
      422,
      42205,
      'Cannot import since found existing subjects',
    );
    expect((await ask('PUT', '/mode?force=true', { mode: 'IMPORT' })).json).toEqual({ mode: 'IMPORT' });
    expect((await ask('PUT', '/mode', { mode: null })).json).toEqual({});
    expect((await ask('DELETE', '/mode')).json).toEqual({ mode: 'READWRITE' });
  });
});
