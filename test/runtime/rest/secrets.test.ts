import { expect, test } from 'vitest';
import type { Logger } from '../../../platform/logger.ts';
import { defineTransform, type Plugin, RecordError } from '../../../runtime/plugin/index.ts';
import { startRest } from '../../../runtime/rest/index.ts';
import { TestCluster, until } from '../herder/cluster.ts';
import { CountingSource, TableSink } from '../herder/memory-plugins.ts';

/** What `${env:SECRET}` stands for, see TestCluster, and a password that is written in the config itself. */
const canary = 'geheim';
const providers = {
  'config.providers': 'env',
  'config.providers.env.param.allowlist.pattern': 'SECRET',
};

function recorder(lines: string[]): Logger {
  const write = (fields: object, message: string): void => {
    const told = (_key: string, value: unknown): unknown =>
      value instanceof Error ? { message: value.message, stack: value.stack, cause: value.cause } : value;
    lines.push(JSON.stringify([fields, message], told));
  };
  return {
    debug: write,
    info: write,
    warn: write,
    error: write,
    child: (bindings) => {
      write(bindings, '');
      return recorder(lines);
    },
  };
}

test('a secret is in no answer, no log line, no topic and no dead letter, whatever plugins throw', async () => {
  const lines: string[] = [];
  const cluster = await TestCluster.start(recorder(lines));
  const source = new CountingSource();
  const sink = new TableSink();
  sink.beforeWrite = (records) =>
    records.map((_, index) => new RecordError(index, `login with ${canary} failed`));
  const worker = await cluster.worker([source.plugin, sink.plugin], providers);
  const rest = await startRest({ herder: worker.herder, port: 0 });
  const answers: string[] = [];
  const call = async (method: string, path: string, body?: unknown) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const answer = await fetch(rest.url + path, init);
    answers.push(`${method} ${path} ${answer.status} ${await answer.text()}`);
    return answers.at(-1) ?? '';
  };
  const password = '${env:SECRET}';
  const config = { 'connector.class': 'counting', topic: 'numbers', records: '3', password };
  await call('POST', '/connectors', { name: 'in', config });
  await call('POST', '/connectors', {
    name: 'out',
    config: {
      'connector.class': 'table',
      topics: 'numbers',
      password,
      'errors.tolerance': 'all',
      'errors.log.enable': 'true',
      'errors.deadletterqueue.topic.name': 'dead',
      'errors.deadletterqueue.context.headers.enable': 'true',
    },
  });
  await worker.whenDone(['in', 'out']);
  source.failures = [{ at: 0, error: new Error('outer', { cause: new Error(`no user ${canary}`) }) }];
  await call('POST', '/connectors', { name: 'bad', config: { ...config, topic: 'more' } });
  await until(async () => (await call('GET', '/connectors/bad/status')).includes('"FAILED"'));
  const wrong = { ...config, name: 'x', records: password, 'batch.size': password };
  const validated = await call('PUT', '/connector-plugins/counting/config/validate', wrong);
  expect(validated).toContain(
    "Invalid value for configuration 'records': the value resolved from the config provider reference failed validation",
  );
  expect(validated).toContain('"value":"${env:SECRET}"');
  await call('POST', '/connectors', { name: 'x', config: { ...wrong, name: 'x' } });
  await call('PUT', '/connectors/out/stop');
  for (const name of ['in', 'out', 'bad']) {
    for (const path of ['', '/config', '/status', '/tasks', '/tasks/0/status', '/topics', '/offsets']) {
      await call('GET', `/connectors/${name}${path}`);
    }
  }
  for (const path of [
    '/',
    '/health',
    '/connectors?expand=info&expand=status',
    '/connector-plugins',
    '/admin/loggers',
    '/openapi.json',
  ]) {
    await call('GET', path);
  }
  const topics = ['numbers', 'dead', 'connect-configs', 'connect-offsets', 'connect-status'];
  const stored = await Promise.all(topics.map((topic) => cluster.read(topic)));
  await rest.close();
  await cluster.close();
  expect(stored[1]).toHaveLength(3);
  expect(JSON.stringify(stored[1])).toContain('login with [hidden] failed');
  expect(JSON.stringify(stored[4])).toContain('no user [hidden]');
  expect(lines.join('\n')).toContain('no user [hidden]');
  for (const told of [...answers, ...lines, ...stored.map((records) => JSON.stringify(records))]) {
    expect(told).not.toContain(canary);
  }
});

test('what a transform or converter calls secret is in no status and no log line either', async () => {
  const lines: string[] = [];
  const cluster = await TestCluster.start(recorder(lines));
  const token = { token: { type: 'string', format: 'secret' } } as const;
  const telling = defineTransform({
    name: 'telling',
    version: '1',
    config: { type: 'object', properties: token },
    map: (_record, config) => {
      throw new Error(`no access with ${config.token?.reveal()}`);
    },
  });
  const worker = await cluster.worker([new CountingSource().plugin, telling as unknown as Plugin]);
  await worker.herder.createConnector('in', {
    'connector.class': 'counting',
    topic: 'numbers',
    transforms: 'tell',
    'transforms.tell.type': 'telling',
    'transforms.tell.token': 'sesame-open',
  });
  const stateOf = () => worker.herder.connectorStatus('in').tasks[0];
  await until(() => stateOf()?.state === 'FAILED');
  const trace = stateOf()?.trace;
  await cluster.close();
  expect(trace).toContain('no access with [hidden]');
  expect([trace, ...lines].join()).not.toContain('sesame-open');
});
