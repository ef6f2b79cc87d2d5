import { deepStrictEqual, match, strictEqual } from 'node:assert/strict';
import type { ContractRow } from './contract-api.ts';

const invalid = (...errors: readonly string[]) =>
  `Connector configuration is invalid and contains the following ${errors.length} error(s):\n${errors.join('\n')}\n` +
  'You can also find the above list of errors at the endpoint `/connector-plugins/{connectorType}/config/validate`';

/** `/connectors` and `/connectors/{c}` with its config. */
export const connectorRows: readonly ContractRow[] = [
  {
    name: 'POST /connectors: 201 with Location and what was sent as texts, the name trimmed',
    async run(api) {
      const name = api.name('c');
      const config = { ...api.source(name), 'batch.size': 100, extra: true };
      const answer = await api.expect('POST', '/connectors', 201, undefined, {
        body: { name: ` ${name} `, config },
      });
      strictEqual(answer.headers.get('location'), `${api.url}/connectors/${name}`);
      strictEqual(answer.headers.get('content-type'), 'application/json');
      const info = JSON.parse(answer.text);
      deepStrictEqual(Object.keys(info), ['name', 'config', 'tasks', 'type']);
      deepStrictEqual(info.config, { ...config, 'batch.size': '100', extra: 'true', name });
    },
  },
  {
    name: 'POST /connectors: 409 when it exists',
    async run(api) {
      const { name, config } = await api.runningSource();
      await api.refuse('POST', '/connectors', 409, `Connector ${name} already exists`, {
        body: { name, config },
      });
    },
  },
  {
    name: 'POST /connectors: 400 when the config has another name',
    async run(api) {
      const name = api.name('c');
      await api.refuse(
        'POST',
        '/connectors',
        400,
        `Connector name configuration (other) doesn't match connector name in the URL (${name})`,
        { body: { name, config: { ...api.source(name), name: 'other' } } },
      );
    },
  },
  {
    name: 'POST /connectors: a name of null in the config is none',
    async run(api) {
      const name = api.name('c');
      const body = { name, config: { ...api.source(name), name: null } };
      await api.expect('POST', '/connectors', 201, new RegExp(`"name":"${name}"`), { body });
    },
  },
  {
    name: 'POST /connectors: 400 with every problem of the config',
    async run(api) {
      const name = api.name('c');
      const message = invalid(
        'Invalid value 0 for configuration tasks.max: Value must be at least 1',
        'Invalid value [a, a] for configuration transforms: Duplicate alias provided.',
        'Invalid value some for configuration errors.tolerance: Invalid enumerator',
        'Invalid value many for configuration batch.size: Not a number of type INT',
      );
      const config = { ...api.source(name), 'tasks.max': '0', transforms: 'a,a', 'errors.tolerance': 'some' };
      const parts = message.split('\n').filter((line) => /tasks.max|transforms:|batch.size/.test(line));
      const answer = await api.expect('POST', '/connectors', 400, undefined, {
        body: { name, config: { ...config, 'batch.size': 'many' } },
      });
      const told = JSON.parse(answer.text).message as string;
      match(told, /^Connector configuration is invalid and contains the following \d+ error\(s\):\n/);
      match(told, /\nYou can also find the above list of errors at the endpoint `[^`]+`$/);
      for (const line of parts) strictEqual(told.split('\n').includes(line), true, `${line} in ${told}`);
    },
  },
  {
    name: 'POST /connectors: 400 for a missing and for an empty key',
    async run(api) {
      const name = api.name('c');
      const { topic, ...config } = api.source(name);
      const missing = invalid('Missing required configuration "topic" which has no default value.');
      await api.refuse('POST', '/connectors', 400, missing, { body: { name, config } });
      const empty = invalid('Invalid value  for configuration topic: String must be non-empty');
      await api.refuse('POST', '/connectors', 400, empty, {
        body: { name, config: { ...config, topic: '' } },
      });
    },
  },
  {
    name: 'POST /connectors: 400 for a sink with no topics, and with topics and a pattern',
    async run(api) {
      const name = api.name('c');
      const none = 'Must configure one of topics or topics.regex';
      const both = 'topics and topics.regex are mutually exclusive options, but both are set.';
      await api.refuse('POST', '/connectors', 400, invalid(none, none), {
        body: { name, config: api.sink(name, '') },
      });
      await api.refuse('POST', '/connectors', 400, invalid(both, both), {
        body: { name, config: { ...api.sink(name, 't'), 'topics.regex': 'x' } },
      });
    },
  },
  {
    name: 'POST /connectors: 400 without a connector class, and for one that there is not',
    async run(api) {
      const name = api.name('c');
      // D1: Kafka Connect prints the whole config, passwords included.
      const without =
        api.kind === 'kafka'
          ? `Connector config {name=${name}} contains no connector type`
          : 'Connector config contains no connector type';
      await api.refuse('POST', '/connectors', 400, without, { body: { name, config: {} } });
      await api.refuse(
        'POST',
        '/connectors',
        400,
        /^Failed to find any class that implements Connector and which name matches Nope, available connectors are: PluginDesc\{klass=class \S+, name='\S+', version='\S+', encodedVersion=\S+, type=sink, typeName='sink', location='[^']+'\}, /,
        { body: { name, config: { 'connector.class': 'Nope' } } },
      );
    },
  },
  {
    name: 'POST /connectors: 500 for a body that is not JSON or not of its shape',
    async run(api) {
      for (const body of [
        '',
        '{',
        'null',
        '[]',
        '1',
        '{}',
        '{"name":"x","config":[]}',
        '{"name":"x","config":{"a":{}}}',
      ]) {
        await api.refuse('POST', '/connectors', 500, /./, { body });
      }
      await api.refuse('POST', '/connectors', 500, /^Unrecognized field "extra"/, { body: '{"extra":1}' });
    },
  },
  {
    name: 'POST /connectors: initial_state in any case; 500 for one that there is not',
    async run(api) {
      const name = api.name('c');
      await api.expect('POST', '/connectors', 201, undefined, {
        body: { name, config: api.source(name), initial_state: 'stopped' },
      });
      await api.until('it is stopped', `/connectors/${name}/status`, /"state":"STOPPED".*"tasks":\[\]/);
      const paused = api.name('c');
      await api.expect('POST', '/connectors', 201, undefined, {
        body: { name: paused, config: api.source(paused), initial_state: 'PAUSED' },
      });
      // D4: ours knows the tasks of a connector that was created paused.
      const shown = api.kind === 'kafka' ? /"PAUSED".*"tasks":\[\]/ : /"id":0,"state":"PAUSED"/;
      await api.until('it is paused', `/connectors/${paused}/status`, shown);
      const body = { name: api.name('c'), config: {}, initial_state: 'DANCING' };
      await api.refuse('POST', '/connectors', 500, /./, { body });
    },
  },
  {
    name: 'GET /connectors: the names',
    async run(api) {
      const { name } = await api.runningSource();
      for (const path of ['/connectors', '/connectors/']) {
        const { text } = await api.expect('GET', path, 200, /^\[.*\]$/);
        strictEqual((JSON.parse(text) as string[]).includes(name), true, text);
      }
    },
  },
  {
    name: 'GET /connectors?expand: status and info in the order they were asked for, else nothing',
    async run(api) {
      const { name } = await api.runningSource();
      const keys = async (query: string) =>
        Object.keys(JSON.parse((await api.expect('GET', `/connectors?${query}`, 200)).text)[name]);
      deepStrictEqual(await keys('expand=status'), ['status']);
      deepStrictEqual(await keys('expand=info'), ['info']);
      deepStrictEqual(await keys('expand=info&expand=status'), ['info', 'status']);
      deepStrictEqual(await keys('expand=status&expand=info'), ['status', 'info']);
      deepStrictEqual(await keys('expand=foo'), []);
      deepStrictEqual(await keys('expand=STATUS'), []);
    },
  },
  {
    name: 'GET /connectors/{c}: what it is; 404 when it is not',
    async run(api) {
      const { name, config } = await api.runningSource();
      const info = {
        name,
        config: { ...config, name },
        tasks: [{ connector: name, task: 0 }],
        type: 'source',
      };
      await api.expect('GET', `/connectors/${name}`, 200, info);
      await api.expect('GET', `/connectors/${name}/`, 200, info);
      await api.refuse('GET', '/connectors/nope', 404, 'Connector nope not found');
    },
  },
  {
    name: 'DELETE /connectors/{c}: 204, then 404, and the status goes',
    async run(api) {
      const { name } = await api.runningSource();
      await api.expect('DELETE', `/connectors/${name}`, 204, '');
      await api.refuse('DELETE', `/connectors/${name}`, 404, `Connector ${name} not found`);
      await api.until('the status goes', `/connectors/${name}/status`, /No status found for connector/);
    },
  },
  {
    name: 'GET /connectors/{c}/config: as it was sent; 404',
    async run(api) {
      const name = api.name('c');
      const config = { ...api.source(name), secret: 'x-${env:NOPE}-y' };
      await api.create(name, config);
      const { text } = await api.expect('GET', `/connectors/${name}/config`, 200);
      deepStrictEqual(JSON.parse(text), { ...config, name });
      await api.refuse('GET', '/connectors/nope/config', 404, 'Connector nope not found');
    },
  },
  {
    name: 'PUT /connectors/{c}/config: 201 and Location, then 200; 400 for another name',
    async run(api) {
      const name = api.name('c');
      const config = api.source(name);
      const path = `/connectors/${name}/config`;
      const created = await api.expect('PUT', path, 201, undefined, { body: config });
      strictEqual(created.headers.get('location'), `${api.url}/connectors/${name}`);
      await api.running(name);
      const changed = await api.expect('PUT', path, 200, undefined, { body: { ...config, 'batch.size': 7 } });
      deepStrictEqual(JSON.parse(changed.text).config, { ...config, 'batch.size': '7', name });
      for (const other of ['other', ` ${name} `]) {
        const message = `Connector name configuration (${other}) doesn't match connector name in the URL (${name})`;
        await api.refuse('PUT', path, 400, message, { body: { ...config, name: other } });
      }
      for (const body of ['', 'null', '[]', '{']) await api.refuse('PUT', path, 500, /./, { body });
    },
  },
  {
    name: 'PATCH /connectors/{c}/config: merges, null removes; 404; 400 for what it makes invalid',
    async run(api) {
      const { name, config } = await api.runningSource();
      const path = `/connectors/${name}/config`;
      const { text } = await api.expect('PATCH', path, 200, undefined, {
        body: { 'tasks.max': null, 'batch.size': 9 },
      });
      const { 'tasks.max': removed, ...rest } = config;
      deepStrictEqual(JSON.parse(text).config, { ...rest, 'batch.size': '9', name });
      await api.refuse('PATCH', '/connectors/nope/config', 404, 'Connector nope not found', { body: {} });
      await api.refuse(
        'PATCH',
        path,
        400,
        invalid('Invalid value x for configuration batch.size: Not a number of type INT'),
        { body: { 'batch.size': 'x' } },
      );
      for (const body of ['', 'null', '[]', '{']) await api.refuse('PATCH', path, 500, /./, { body });
    },
  },
];
