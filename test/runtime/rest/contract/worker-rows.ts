import { deepStrictEqual, match, strictEqual } from 'node:assert/strict';
import type { ContractApi, ContractRow } from './contract-api.ts';

const source = '/connector-plugins/FileStreamSource';

async function validated(api: ContractApi, config: Record<string, unknown>) {
  const { text } = await api.expect('PUT', `${source}/config/validate`, 200, undefined, { body: config });
  return JSON.parse(text) as {
    readonly error_count: number;
    readonly groups: readonly string[];
    readonly configs: readonly {
      readonly definition: Readonly<Record<string, unknown>> | null;
      readonly value: {
        readonly name: string;
        readonly value: string | null;
        readonly errors: readonly string[];
      };
    }[];
  };
}

/** The worker itself: versions, health, plugins, loggers, and what is no request of the API. */
export const workerRows: readonly ContractRow[] = [
  {
    name: 'GET /: version, commit and cluster',
    async run(api) {
      const pattern = /^\{"version":"4\.3\.\d+","commit":"[0-9a-f]{16}","kafka_cluster_id":"[\w-]{22}"\}$/;
      const { headers } = await api.expect('GET', '/', 200, pattern);
      strictEqual(headers.get('content-type'), 'application/json');
    },
  },
  {
    name: 'GET /health: healthy',
    async run(api) {
      const healthy =
        '{"status":"healthy","message":"Worker has completed startup and is ready to handle requests."}';
      await api.expect('GET', '/health', 200, healthy);
      await api.expect('GET', '/health/', 200, healthy);
    },
  },
  {
    name: 'GET /connector-plugins: connectors; connectorsOnly=false adds the rest in order of kinds',
    async run(api) {
      type Info = { readonly class: string; readonly type: string; readonly version?: string };
      const list = async (path: string) => JSON.parse((await api.expect('GET', path, 200)).text) as Info[];
      const kinds = (infos: readonly Info[]) => [...new Set(infos.map(({ type }) => type))];
      for (const path of [
        '/connector-plugins',
        '/connector-plugins/',
        '/connector-plugins?connectorsOnly=true',
      ]) {
        const infos = await list(path);
        deepStrictEqual(kinds(infos), ['sink', 'source']);
        deepStrictEqual([...new Set(infos.map((info) => Object.keys(info).join()))], ['class,type,version']);
        const classes = infos.map((info) => info.class);
        strictEqual(classes.includes('org.apache.kafka.connect.file.FileStreamSinkConnector'), true);
        strictEqual(classes.includes('org.apache.kafka.connect.file.FileStreamSourceConnector'), true);
      }
      const all = ['sink', 'source', 'transformation', 'predicate', 'converter', 'header_converter'];
      deepStrictEqual(kinds(await list('/connector-plugins?connectorsOnly=false')), all);
      deepStrictEqual(kinds(await list('/connector-plugins?connectorsOnly=no')), all);
    },
  },
  {
    name: "GET /connector-plugins/{p}/config: a plugin's keys, then the framework's, by any of its names; 404; 400",
    async run(api) {
      const texts = [];
      for (const name of [
        'FileStreamSource',
        'FileStreamSourceConnector',
        'org.apache.kafka.connect.file.FileStreamSourceConnector',
      ]) {
        texts.push((await api.expect('GET', `/connector-plugins/${name}/config`, 200)).text);
      }
      strictEqual(new Set(texts).size, 1);
      const keys = JSON.parse(texts[0] ?? '') as Record<string, unknown>[];
      deepStrictEqual(
        keys.slice(0, 2).map((key) => ({ ...key, documentation: '' })),
        ['file', 'topic'].map((name) => ({
          name,
          type: 'STRING',
          required: name === 'topic',
          default_value: null,
          importance: 'HIGH',
          documentation: '',
          group: null,
          order_in_group: -1,
          width: 'NONE',
          display_name: name,
          dependents: [],
        })),
      );
      const names = keys.map(({ name }) => name);
      for (const name of ['name', 'tasks.max', 'errors.tolerance', 'topic.creation.groups'])
        strictEqual(names.includes(name), true, name);
      await api.expect('GET', `${source}/config?version=latest`, 200, texts[0]);
      const version =
        'Plugin org.apache.kafka.connect.file.FileStreamSourceConnector not found that matches the version range';
      await api.refuse(
        'GET',
        `${source}/config?version=9`,
        400,
        new RegExp(`^${version} \\[9,9\\], available versions: \\[`),
      );
      for (const plugin of [
        'RegexRouter',
        'org.apache.kafka.connect.transforms.Cast$Value',
        'StringConverter',
        'HasHeaderKey',
      ]) {
        await api.expect('GET', `/connector-plugins/${plugin}/config`, 200, /^\[/);
      }
      await api.refuse('GET', '/connector-plugins/nope/config', 404, 'Unknown plugin nope.');
    },
  },
  {
    name: 'PUT /connector-plugins/{p}/config/validate: 200 with every key and what is wrong',
    async run(api) {
      const name = api.name('v');
      const right = { ...api.source(name), name };
      const fine = await validated(api, right);
      strictEqual(fine.error_count, 0);
      deepStrictEqual(Object.keys(fine), ['name', 'error_count', 'groups', 'configs']);
      deepStrictEqual(fine.groups, [
        'Common',
        'Transforms',
        'Predicates',
        'Error Handling',
        'Topic Creation',
        'Exactly Once Support',
        'offsets.topic',
      ]);
      const [first] = fine.configs;
      deepStrictEqual(Object.keys(first ?? {}), ['definition', 'value']);
      deepStrictEqual(Object.keys(first?.value ?? {}), [
        'name',
        'value',
        'recommended_values',
        'errors',
        'visible',
      ]);
      const wrong = await validated(api, {
        ...right,
        'tasks.max': 'x',
        'batch.size': 'many',
        'errors.tolerance': 'some',
      });
      const errors = new Map(wrong.configs.map(({ value }) => [value.name, value.errors]));
      deepStrictEqual(errors.get('tasks.max'), [
        'Invalid value x for configuration tasks.max: Not a number of type INT',
        'Invalid value null for configuration tasks.max: Value must be non-null',
      ]);
      deepStrictEqual(errors.get('batch.size'), [
        'Invalid value many for configuration batch.size: Not a number of type INT',
      ]);
      strictEqual(errors.get('errors.tolerance')?.length, 1);
    },
  },
  {
    name: 'PUT /connector-plugins/{p}/config/validate: 400 for another connector, 500 where the herder refuses',
    async run(api) {
      const path = `${source}/config/validate`;
      const other = 'Included connector type FileStreamSink does not match request type FileStreamSource';
      await api.refuse('PUT', path, 400, other, { body: { 'connector.class': 'FileStreamSink' } });
      const refused = 'org.apache.kafka.connect.runtime.rest.errors.BadRequestException: ';
      // D1, as above.
      const without =
        api.kind === 'kafka'
          ? 'Connector config {} contains no connector type'
          : 'Connector config contains no connector type';
      await api.refuse('PUT', path, 500, refused + without, { body: {} });
      for (const body of ['', 'null', '[]', '{"a":{}}']) await api.refuse('PUT', path, 500, /./, { body });
    },
  },
  {
    name: 'GET /admin/loggers: all by name; one; 404',
    async run(api) {
      const { text } = await api.expect(
        'GET',
        '/admin/loggers',
        200,
        /"root":\{"level":"[A-Z]+","last_modified":(null|\d+)\}/,
      );
      const names = Object.keys(JSON.parse(text));
      deepStrictEqual(names, names.toSorted());
      await api.expect('GET', '/admin/loggers/', 200, /"root":/);
      await api.expect(
        'GET',
        '/admin/loggers/root',
        200,
        /^\{"level":"[A-Z]+","last_modified":(null|\d+)\}$/,
      );
      await api.refuse('GET', '/admin/loggers/nope', 404, 'Logger nope not found.');
    },
  },
  {
    name: 'PUT /admin/loggers/{l}: those whose level has changed; cluster: 204; 400; 404',
    async run(api) {
      const name = `org.${api.name('logger')}`;
      const path = `/admin/loggers/${name}`;
      await api.expect('PUT', `${path}.x`, 200, `["${name}.x"]`, { body: { level: 'debug' } });
      await api.expect('GET', `${path}.x`, 200, /^\{"level":"DEBUG","last_modified":\d+\}$/);
      await api.expect('PUT', path, 200, `["${name}","${name}.x"]`, { body: { level: 'ERROR' } });
      await api.expect('PUT', `${path}?scope=worker`, 200, '[]', { body: { level: 'ERROR' } });
      await api.expect('PUT', `${path}?scope=nope`, 200, '[]', { body: { level: 'ERROR' } });
      await api.expect('PUT', `${path}?scope=cluster`, 204, '', { body: { level: 'FATAL' } });
      const unsaid = "Desired 'level' parameter was not specified in request.";
      for (const body of ['{}', '{"level":null}', '{"x":1}'])
        await api.refuse('PUT', path, 400, unsaid, { body });
      await api.refuse('PUT', path, 404, "invalid log level 'LOUD'.", { body: { level: 'LOUD' } });
      await api.refuse('PUT', path, 404, "invalid log level '1'.", { body: { level: 1 } });
      for (const body of ['', 'null', '[]', '{"level":{}}'])
        await api.refuse('PUT', path, 500, /./, { body });
    },
  },
  {
    name: 'unknown paths: 404; wrong methods: 405',
    async run(api) {
      for (const path of ['/nope', '/nope/', '/connectors/c/nope', '/connectors/c/tasks/0', '/admin']) {
        await api.refuse('GET', path, 404, 'HTTP 404 Not Found');
      }
      for (const [method, path] of [
        ['DELETE', '/connectors'],
        ['POST', '/'],
        ['POST', '/connectors/c/pause'],
        ['GET', '/connectors/c/restart'],
        ['GET', `${source}/config/validate`],
      ] as const) {
        await api.refuse(method, path, 405, 'HTTP 405 Method Not Allowed');
      }
    },
  },
  {
    name: 'Accept without JSON: 406; a body of another type: 415',
    async run(api) {
      for (const accept of ['text/html', 'text/plain']) {
        await api.refuse('GET', '/connectors', 406, 'HTTP 406 Not Acceptable', { headers: { accept } });
      }
      await api.expect('GET', '/connectors', 200, undefined, { headers: { accept: 'text/html, */*;q=0.1' } });
      for (const type of ['text/plain', 'application/vnd.x+json']) {
        const options = { body: '{}', headers: { 'content-type': type } };
        await api.refuse('POST', '/connectors', 415, 'HTTP 415 Unsupported Media Type', options);
      }
    },
  },
  {
    name: 'HEAD: as GET without a body; OPTIONS: the methods of a path',
    async run(api) {
      await api.expect('HEAD', '/connectors', 200, '');
      await api.expect('HEAD', '/nope', 404, '');
      const methods = {
        '/': 'HEAD, GET, OPTIONS',
        '/connectors': 'HEAD, POST, GET, OPTIONS',
        '/connectors/c': 'HEAD, DELETE, GET, OPTIONS',
        '/connectors/c/config': 'HEAD, GET, OPTIONS, PUT, PATCH',
        '/connectors/c/restart': 'POST, OPTIONS',
        '/connectors/c/pause': 'OPTIONS, PUT',
        '/connectors/c/offsets': 'HEAD, DELETE, GET, OPTIONS, PATCH',
        '/admin/loggers/root': 'HEAD, GET, OPTIONS, PUT',
      };
      for (const [path, expected] of Object.entries(methods)) {
        const { headers } = await api.expect('OPTIONS', path, 200, expected);
        strictEqual(headers.get('allow'), expected.replaceAll(' ', ''));
        match(headers.get('content-type') ?? '', /^text\/plain/);
      }
      await api.refuse('OPTIONS', '/nope', 404, 'HTTP 404 Not Found');
    },
  },
];
